/* SPDX-License-Identifier: Apache-2.0 */
/* api/file_type: files are what their bytes say, from a closed list, and no bytes make it read beyond their end. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <apr_file_io.h>
#include <apr_strings.h>

#include "api/file_type.h"
#include "base/chance.h"
#include "base/digest.h"

#define TEXT "text/plain; charset=utf-8"

/* FIND in a file with DATA; the error's code, or 0. */
static int find(const char **type, const char **group, const void *data, apr_size_t length)
{
    char *path = apr_pstrdup(test_pool, "file-type-XXXXXX");
    apr_file_t *file;
    b2b_error_t *err;

    ck_assert_int_eq(apr_file_mktemp(&file, path,
                                     APR_FOPEN_CREATE | APR_FOPEN_WRITE | APR_FOPEN_EXCL,
                                     test_pool),
                     APR_SUCCESS);
    ck_assert_int_eq(apr_file_write_full(file, data, length, NULL), APR_SUCCESS);
    apr_file_close(file);
    err = b2b_file_type_find(type, group, path, (apr_int64_t)length, test_pool);
    apr_file_remove(path, test_pool);
    return err ? (int)err->code : 0;
}

static const unsigned char png[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n', 0, 0, 0,
                                    13,   'I', 'H', 'D', 'R',  0,    0,    4,    0, 0, 0,
                                    2,    0,   8,   2,   0,    0,    0,    1,    2, 3, 4};
/* 60,000 by 60,000 pixels in 33 bytes. */
static const unsigned char flood[] = {0x89, 'P',  'N', 'G', '\r', '\n', 0x1A, '\n', 0,    0, 0,
                                      13,   'I',  'H', 'D', 'R',  0,    0,    0xEA, 0x60, 0, 0,
                                      0xEA, 0x60, 8,   2,   0,    0,    0,    1,    2,    3, 4};
static const unsigned char jpeg[] = {0xFF, 0xD8, 0xFF, 0xE0, 0,    4,    'J', 'F',  0xFF, 0xC0,
                                     0,    11,   8,    0x01, 0x00, 0x02, 0,   1,    1,    0x11,
                                     0,    0xFF, 0xDA, 0,    2,    1,    2,   0xFF, 0xD9};
static const unsigned char webp[] = {'R', 'I', 'F', 'F', 22,   0,    0,  0,    'W', 'E',
                                     'B', 'P', 'V', 'P', '8',  'X',  10, 0,    0,   0,
                                     0,   0,   0,   0,   0xFF, 0x1F, 0,  0x0F, 0,   0};

#define PDF "%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"

typedef struct {
    const void *data;
    apr_size_t length;
    const char *type; /* NULL: not on the list */
    const char *group;
} case_t;

#define OF(text) text, sizeof(text) - 1

static const case_t cases[] = {
    {png, sizeof(png), "image/png", "image"},
    {jpeg, sizeof(jpeg), "image/jpeg", "image"},
    {webp, sizeof(webp), "image/webp", "image"},
    {OF("GIF89a\1\0\1\0\0\0\0;"), "image/gif", "image"},
    /* Two things at once: what it begins as; whoever sends it sends an attachment. */
    {OF("GIF89a\1\0\1\0\0\0\0<script>alert(1)</script>;"), "image/gif", "image"},
    {OF(PDF), "application/pdf", "pdf"},
    {OF("Zeile 1\r\nZ\xc3\xa4hler\t2\n"), TEXT, "text"},
    {OF("\xef\xbb\xbf"
        "a;b\n1;2\n"),
     TEXT, "text"},
    {OF("a,b\n1 < 2,3 > 2\n"), TEXT, "text"},
    {OF("x"), TEXT, "text"},
    /* Pieces. */
    {png, 32, NULL, NULL},
    {jpeg, 12, NULL, NULL},
    {OF("GIF89a"), TEXT, "text"},
    {OF("%PDF-1.7\nno end of it, and more than enough bytes"), TEXT, "text"},
    {OF(""), NULL, NULL},
    /* What a browser or a shell runs. */
    {OF("<svg xmlns='http://www.w3.org/2000/svg'><script>x</script></svg>"), NULL, NULL},
    {OF("\xef\xbb\xbf \n<!DOCTYPE html><title>x</title>"), NULL, NULL},
    {OF("<?xml version='1.0'?><a/>"), NULL, NULL},
    {OF("harmless, harmless\n<ScRiPt>alert(1)</sCrIpT>"), NULL, NULL},
    {OF("GIF88a <html onload=alert(1)>"), NULL, NULL},
    {OF("#!/bin/sh\nrm x\n"), NULL, NULL},
    {OF("{\\rtf1 hello}"), NULL, NULL},
    {OF("MZ\x90\0\3\0\0\0"), NULL, NULL},
    {OF("\177ELF\2\1\1"), NULL, NULL},
    {OF("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 the old office formats, which may hold macros"), NULL,
     NULL},
    /* Not text: control characters, other encodings. */
    {OF("a\0b"), NULL, NULL},
    {OF("a\x1b[31mb"), NULL, NULL},
    {OF("a\xc2\x85"
        "b"),
     NULL, NULL},
    {OF("Z\xe4hler"), NULL, NULL},
    {OF("\xff\xfe"
        "a\0"),
     NULL, NULL},
    {OF("cut \xc3"), NULL, NULL},
    {OF("too long \xc0\xaf"), NULL, NULL},
    {OF("half a pair \xed\xa0\x80"), NULL, NULL},
};

START_TEST(knows_files)
{
    const case_t *c = &cases[_i];
    const char *type, *group;

    ck_assert_int_eq(find(&type, &group, c->data, c->length), 0);
    ck_assert_msg((type == NULL) == (c->type == NULL), "%d: %s", _i, type ? type : "nothing");
    if (c->type) {
        ck_assert_str_eq(type, c->type);
        ck_assert_str_eq(group, c->group);
    }
}
END_TEST

START_TEST(refuses_floods_of_pixels)
{
    const char *type, *group;

    ck_assert_int_eq(find(&type, &group, flood, sizeof(flood)), B2B_E_TOO_LARGE);
}
END_TEST

/* A text that is longer than what is read at once, with characters over every seam. */
START_TEST(reads_text_to_its_end)
{
    apr_size_t length = 300001;
    char *data = apr_palloc(test_pool, length);
    const char *type, *group;

    for (int shift = 0; shift < 3; shift++) {
        apr_size_t at = (apr_size_t)shift;

        memset(data, 'x', length);
        for (; at + 3 <= length; at += 3) {
            memcpy(data + at, "\xe2\x82\xac", 3);
        }
        ck_assert_int_eq(find(&type, &group, data, length), 0);
        ck_assert_ptr_nonnull(type);
        ck_assert_str_eq(type, TEXT);
        data[length - 1] = '\xff';
        ck_assert_int_eq(find(&type, &group, data, length), 0);
        ck_assert_ptr_null(type);
    }
    data[0] = '\0';
    ck_assert_int_eq(find(&type, &group, data, length), 0);
    ck_assert_ptr_null(type);
}
END_TEST

/* ZIP ------------------------------------------------------------------------------------------ */

typedef struct {
    unsigned char data[8192];
    apr_size_t length;
} buffer_t;

static void put(buffer_t *buffer, const void *data, apr_size_t length)
{
    memcpy(buffer->data + buffer->length, data, length);
    buffer->length += length;
}

static void number(buffer_t *buffer, unsigned long value, int bytes)
{
    for (; bytes > 0; bytes--, value >>= 8) {
        unsigned char byte = (unsigned char)value;

        put(buffer, &byte, 1);
    }
}

/* The archive of NAMES, separated by commas; "mimetype" holds MIMETYPE, the others nothing. */
static void zip(buffer_t *out, const char *names, const char *mimetype)
{
    char *rest, *name, *list = apr_pstrdup(test_pool, names);
    buffer_t *directory = apr_pcalloc(test_pool, sizeof(*directory));
    unsigned long count = 0, start;

    for (name = apr_strtok(list, ",", &rest); name; name = apr_strtok(NULL, ",", &rest)) {
        const char *content = strcmp(name, "mimetype") ? "" : mimetype;
        unsigned long offset = out->length;

        put(out, "PK\3\4", 4);
        number(out, 20, 2);
        number(out, 0, 12); /* flags, stored, time, date, CRC */
        number(out, strlen(content), 4);
        number(out, strlen(content), 4);
        number(out, strlen(name), 2);
        number(out, 0, 2);
        put(out, name, strlen(name));
        put(out, content, strlen(content));
        put(directory, "PK\1\2", 4);
        number(directory, 20, 2);
        number(directory, 20, 2);
        number(directory, 0, 12);
        number(directory, strlen(content), 4);
        number(directory, strlen(content), 4);
        number(directory, strlen(name), 2);
        number(directory, 0, 12); /* extra, comment, disk, attributes */
        number(directory, offset, 4);
        put(directory, name, strlen(name));
        count++;
    }
    start = out->length;
    put(out, directory->data, directory->length);
    put(out, "PK\5\6", 4);
    number(out, 0, 4);
    number(out, count, 2);
    number(out, count, 2);
    number(out, directory->length, 4);
    number(out, start, 4);
    number(out, 0, 2);
}

static const struct {
    const char *names;
    const char *mimetype;
    const char *type;
    const char *group;
} archives[] = {
    {"[Content_Types].xml,_rels/.rels,word/document.xml", "", B2B_TYPE_DOCX, "document"},
    {"xl/workbook.xml,[Content_Types].xml", "", B2B_TYPE_XLSX, "spreadsheet"},
    {"[Content_Types].xml,ppt/presentation.xml", "", B2B_TYPE_PPTX, "document"},
    {"mimetype,content.xml,META-INF/manifest.xml", B2B_TYPE_ODT, B2B_TYPE_ODT, "document"},
    {"mimetype,content.xml", B2B_TYPE_ODS, B2B_TYPE_ODS, "spreadsheet"},
    {"a.txt,b/c.png", "", B2B_TYPE_ZIP, "archive"},
    {"scripts/run.sh,README", "", B2B_TYPE_ZIP, "archive"},
    {"mimetype,content.xml", "application/x-something", B2B_TYPE_ZIP, "archive"},
    /* Macros, and packages that are none or several of these. */
    {"[Content_Types].xml,word/document.xml,word/vbaProject.bin", "", NULL, NULL},
    /* Names of parts differ by more than their case, and may be long. */
    {"[content_types].XML,Word/document.xml,word/VBAPROJECT.bin", "", NULL, NULL},
    {"[Content_Types].xml,word/document.xml,word/"
     "a-folder-whose-name-is-longer-than-all-that-say-something/"
     "vbaProject.bin",
     "", NULL, NULL},
    {"mimetype,content.xml,Basic/script-lc.xml", B2B_TYPE_ODT, NULL, NULL},
    {"mimetype,content.xml,Scripts/python/run.py", B2B_TYPE_ODT, NULL, NULL},
    {"[Content_Types].xml,visio/document.xml", "", NULL, NULL},
    {"[Content_Types].xml,word/document.xml,xl/workbook.xml", "", NULL, NULL},
};

START_TEST(knows_archives)
{
    buffer_t *out = apr_pcalloc(test_pool, sizeof(*out));
    const char *type, *group;
    apr_size_t length;

    zip(out, archives[_i].names, archives[_i].mimetype);
    ck_assert_int_eq(find(&type, &group, out->data, out->length), 0);
    ck_assert_int_eq(type != NULL, archives[_i].type != NULL);
    if (type) {
        ck_assert_str_eq(type, archives[_i].type);
        ck_assert_str_eq(group, archives[_i].group);
    }
    /* Cut anywhere it is no archive any more; nor with something behind it. */
    for (length = 4; length < out->length; length += 7) {
        ck_assert_int_eq(find(&type, &group, out->data, length), 0);
        ck_assert_ptr_null(type);
    }
    put(out, "<script>", 8);
    ck_assert_int_eq(find(&type, &group, out->data, out->length), 0);
    ck_assert_ptr_null(type);
}
END_TEST

/* Any byte may be anything. */
START_TEST(survives_noise)
{
    const char *type, *group;
    unsigned int seed = 7;

    for (int round = 0; round < 3000; round++) {
        buffer_t *out = apr_pcalloc(test_pool, sizeof(*out));

        if (round % 2) {
            zip(out, archives[round % 7].names, archives[round % 7].mimetype);
        }
        else {
            put(out, cases[round % 6].data, cases[round % 6].length);
        }
        for (int i = 0; i < 4; i++) {
            seed = seed * 1103515245u + 12345u;
            out->data[4 + (seed >> 8) % (out->length - 4)] = (unsigned char)(seed >> 24);
        }
        find(&type, &group, out->data, out->length);
        if (round % 100 == 0) {
            apr_pool_clear(test_pool);
        }
    }
}
END_TEST

static const struct {
    const char *type;
    const char *name;
    int fits;
} names[] = {
    {"image/png", "photo.PNG", 1},
    {"image/png", "photo", 1},
    {"image/png", "photo.html", 0},
    {"image/gif", "photo.js", 0},
    {"image/jpeg", "a.b.jpeg", 1},
    {TEXT, "list.csv", 1},
    {TEXT, "run.bat", 0},
    {TEXT, "run.exe", 0},
    /* Where they are saved, what trails is cut off. */
    {TEXT, "run.bat.", 0},
    {TEXT, "run.bat ", 0},
    {TEXT, "run.bat. .", 0},
    {"image/png", "photo.png.", 1},
    {TEXT, "Letter to Dr.", 1},
    {TEXT, "...", 1},
    {TEXT, "page.htm", 0},
    {TEXT, "Contract 1.2", 1},
    {TEXT, "Letter to Dr. Berg", 1},
    {TEXT, "x.averyveryverylongending", 0},
    {B2B_TYPE_DOCX, "letter.docm", 0},
    {B2B_TYPE_DOCX, "letter.docx", 1},
    {B2B_TYPE_ZIP, "all.jar", 0},
    {"application/unknown", "x", 0},
};

START_TEST(compares_names)
{
    ck_assert_int_eq(b2b_file_type_fits(names[_i].type, names[_i].name), names[_i].fits);
}
END_TEST

START_TEST(digests_in_pieces)
{
    b2b_digest_t *digest = b2b_digest_create(test_pool);
    const char *text = "The quick brown fox jumps over the lazy dog";
    apr_size_t at;

    for (at = 0; at < strlen(text); at++) {
        b2b_digest_add(digest, text + at, 1);
    }
    ck_assert_str_eq(b2b_digest_hex(digest), b2b_sha256_hex(text, strlen(text), test_pool));
    ck_assert_str_eq(b2b_digest_hex(b2b_digest_create(test_pool)),
                     "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

Suite *unit_suite(void)
{
    Suite *suite = suite_create("file_type");
    TCase *tc = unit_case(suite, "file_type");

    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, knows_files, 0, COUNT(cases));
    tcase_add_test(tc, refuses_floods_of_pixels);
    tcase_add_test(tc, reads_text_to_its_end);
    tcase_add_loop_test(tc, knows_archives, 0, COUNT(archives));
    tcase_add_test(tc, survives_noise);
    tcase_add_loop_test(tc, compares_names, 0, COUNT(names));
    tcase_add_test(tc, digests_in_pieces);
    return suite;
}
