/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an uploaded file is, by its content and from a closed list: never by its name or by what the sender
 * calls it. What a browser would run (HTML, SVG, scripts) is not on the list; a file that is two things at once
 * is what it begins as, and is sent as an attachment only. Offsets are checked against the length.
 */

#include "file_type.h"

#include <string.h>

#include <apr_lib.h>
#include <apr_strings.h>

#include "base/text.h"

#define HEAD         4096
#define CHUNK        32768
#define SEGMENTS_MAX 2000
#define ALPHANUMERIC "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"

typedef struct {
    const char *type;
    const char *group;
    const char *endings; /* each with its dot and a space behind it */
} kind_t;

static const kind_t kinds[] = {
    {"image/png", "image", ".png "},
    {"image/jpeg", "image", ".jpg .jpeg .jpe .jfif "},
    {"image/webp", "image", ".webp "},
    {"image/gif", "image", ".gif "},
    {"application/pdf", "pdf", ".pdf "},
    {B2B_TYPE_DOCX, "document", ".docx "},
    {B2B_TYPE_ODT, "document", ".odt "},
    {B2B_TYPE_PPTX, "document", ".pptx "},
    {B2B_TYPE_XLSX, "spreadsheet", ".xlsx "},
    {B2B_TYPE_ODS, "spreadsheet", ".ods "},
    {"text/plain; charset=utf-8", "text",
     ".txt .text .csv .tsv .tab .log .md .json .yaml .yml .ics .vcf .ini .conf .edi "},
    {B2B_TYPE_ZIP, "archive", ".zip "},
};

int b2b_file_read_at(apr_file_t *file, apr_int64_t offset, void *buffer, apr_size_t length)
{
    apr_off_t at = (apr_off_t)offset;

    return apr_file_seek(file, APR_SET, &at) == APR_SUCCESS &&
           apr_file_read_full(file, buffer, length, NULL) == APR_SUCCESS;
}

static unsigned int big16(const unsigned char *byte)
{
    return ((unsigned int)byte[0] << 8) | byte[1];
}

static unsigned int big32(const unsigned char *byte)
{
    return (big16(byte) << 16) | big16(byte + 2);
}

static unsigned int little16(const unsigned char *byte)
{
    return ((unsigned int)byte[1] << 8) | byte[0];
}

static unsigned int little24(const unsigned char *byte)
{
    return ((unsigned int)byte[2] << 16) | little16(byte);
}

/* JPEG (ISO/IEC 10918-1 B): segments with a marker and a length up to the frame, which has the size. */
static int is_jpeg(unsigned int *width, unsigned int *height, apr_file_t *file, apr_int64_t bytes)
{
    unsigned char segment[9];
    apr_int64_t at = 2;
    int i;

    for (i = 0; i < SEGMENTS_MAX && at + 9 <= bytes; i++) {
        unsigned int marker, size;

        if (!b2b_file_read_at(file, at, segment, sizeof(segment)) || segment[0] != 0xFF) {
            return 0;
        }
        marker = segment[1];
        if (marker == 0xFF) {
            at++; /* a fill byte */
            continue;
        }
        size = big16(segment + 2);
        if (size < 2 || marker == 0xDA || marker == 0xD9) {
            return 0;
        }
        /* Start-of-frame markers; C4, C8 and CC lie between them and are something else. */
        if (marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 &&
            marker != 0xCC) {
            *height = big16(segment + 5);
            *width = big16(segment + 7);
            return 1;
        }
        at += 2 + (apr_int64_t)size;
    }
    return 0;
}

/* WebP (RFC 9649): RIFF, then VP8, VP8L or VP8X. */
static int is_webp(unsigned int *width, unsigned int *height, const unsigned char *head)
{
    const unsigned char *chunk = head + 12;

    if (!memcmp(chunk, "VP8 ", 4) && !memcmp(chunk + 11, "\x9d\x01\x2a", 3)) {
        *width = little16(chunk + 14) & 0x3FFF;
        *height = little16(chunk + 16) & 0x3FFF;
        return 1;
    }
    if (!memcmp(chunk, "VP8L", 4) && chunk[8] == 0x2F) {
        unsigned int bits = little16(chunk + 9) | little16(chunk + 11) << 16;

        *width = (bits & 0x3FFF) + 1;
        *height = ((bits >> 14) & 0x3FFF) + 1;
        return 1;
    }
    if (!memcmp(chunk, "VP8X", 4)) {
        *width = little24(chunk + 12) + 1;
        *height = little24(chunk + 15) + 1;
        return 1;
    }
    return 0;
}

/* The image that begins with HEAD, or NULL. */
static const char *image_type(unsigned int *width, unsigned int *height, const unsigned char *head,
                              apr_size_t length, apr_file_t *file, apr_int64_t bytes)
{
    if (length >= 33 && !memcmp(head, "\x89PNG\r\n\x1a\n", 8) && big32(head + 8) == 13 &&
        !memcmp(head + 12, "IHDR", 4)) {
        *width = big32(head + 16);
        *height = big32(head + 20);
        return "image/png";
    }
    if (length >= 14 && (!memcmp(head, "GIF87a", 6) || !memcmp(head, "GIF89a", 6))) {
        *width = little16(head + 6);
        *height = little16(head + 8);
        return "image/gif";
    }
    if (length >= 30 && !memcmp(head, "RIFF", 4) && !memcmp(head + 8, "WEBP", 4)) {
        return is_webp(width, height, head) ? "image/webp" : NULL;
    }
    if (length >= 16 && head[0] == 0xFF && head[1] == 0xD8 && head[2] == 0xFF) {
        return is_jpeg(width, height, file, bytes) ? "image/jpeg" : NULL;
    }
    return NULL;
}

/* PDF (ISO 32000-2 7.5): the header at the start, the trailer's mark near the end. */
static int is_pdf(const unsigned char *head, apr_size_t length, apr_file_t *file, apr_int64_t bytes)
{
    char tail[1024];
    apr_size_t size = bytes < (apr_int64_t)sizeof(tail) ? (apr_size_t)bytes : sizeof(tail);
    apr_size_t at;

    if (length < 32 || memcmp(head, "%PDF-", 5) != 0 || !apr_isdigit(head[5]) ||
        !b2b_file_read_at(file, bytes - (apr_int64_t)size, tail, size)) {
        return 0;
    }
    for (at = 0; at + 5 <= size; at++) {
        if (!memcmp(tail + at, "%%EOF", 5)) {
            return 1;
        }
    }
    return 0;
}

/* Text that some program would run or draw if it were given another name. */
static int is_active(const char *head, apr_size_t length)
{
    static const char *const beginnings[] = {"<", "#!", "{\\rtf", "%!", "MZ"};
    static const char *const parts[] = {"<!doctype", "<html",   "<script", "<svg", "<?xml",
                                        "<iframe",   "<object", "<body",   "<?php"};
    char text[HEAD + 1];
    const char *start = text;
    apr_size_t i;

    for (i = 0; i < length; i++) {
        text[i] = (char)apr_tolower(head[i]);
    }
    text[length] = '\0';
    if (!memcmp(text, "\xEF\xBB\xBF", length < 3 ? length : 3)) {
        start += length < 3 ? 0 : 3;
    }
    start += strspn(start, " \t\r\n\f");
    for (i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++) {
        if (!strncasecmp(start, beginnings[i], strlen(beginnings[i]))) {
            return 1;
        }
    }
    for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        if (strstr(text, parts[i])) {
            return 1;
        }
    }
    return 0;
}

static int is_text_character(unsigned long point)
{
    if (point < 0x20) {
        return point == '\t' || point == '\n' || point == '\r' || point == '\f';
    }
    return point < 0x7f || point >= 0xa0;
}

/* Is TEXT[0..LENGTH) plain text? *USED are its whole characters: the last one may be cut. */
static int is_text_piece(apr_size_t *used, const char *text, apr_size_t length)
{
    apr_size_t at = 0;

    while (at < length) {
        unsigned long point = (unsigned char)text[at];
        apr_size_t size = 1;

        if (point >= 0x80) {
            size = b2b_text_decode(&point, text + at, length - at);
        }
        if (!size) {
            if (length - at >= 4) {
                return 0;
            }
            break;
        }
        if (!is_text_character(point)) {
            return 0;
        }
        at += size;
    }
    *used = at;
    return 1;
}

/* UTF-8 to the end, and no control characters. */
static int is_text(apr_file_t *file, apr_pool_t *pool)
{
    char *buffer = apr_palloc(pool, CHUNK);
    apr_size_t kept = 0;
    apr_off_t start = 0;

    if (apr_file_seek(file, APR_SET, &start) != APR_SUCCESS) {
        return 0;
    }
    for (;;) {
        apr_size_t got = CHUNK - kept;
        apr_size_t used = 0;
        apr_status_t status = apr_file_read_full(file, buffer + kept, CHUNK - kept, &got);

        if ((status != APR_SUCCESS && !APR_STATUS_IS_EOF(status)) ||
            !is_text_piece(&used, buffer, kept + got)) {
            return 0;
        }
        if (APR_STATUS_IS_EOF(status)) {
            return used == kept + got;
        }
        kept = kept + got - used;
        memmove(buffer, buffer + used, kept);
    }
}

static const kind_t *kind_of(const char *type)
{
    apr_size_t i;

    for (i = 0; type && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (!strcmp(kinds[i].type, type)) {
            return &kinds[i];
        }
    }
    return NULL;
}

static const char *find_type(unsigned int *width, unsigned int *height, apr_file_t *file,
                             apr_int64_t bytes, apr_pool_t *pool)
{
    unsigned char head[HEAD];
    apr_size_t length = bytes < HEAD ? (apr_size_t)bytes : HEAD;
    const char *type;

    if (!length || !b2b_file_read_at(file, 0, head, length)) {
        return NULL;
    }
    type = image_type(width, height, head, length, file, bytes);
    if (type) {
        return type;
    }
    if (is_pdf(head, length, file, bytes)) {
        return "application/pdf";
    }
    if (length >= 4 && !memcmp(head, "PK\3\4", 4)) {
        return b2b_zip_type(file, bytes, pool);
    }
    return !is_active((const char *)head, length) && is_text(file, pool)
               ? "text/plain; charset=utf-8"
               : NULL;
}

b2b_error_t *b2b_file_type_find(const char **type, const char **group, const char *path,
                                apr_int64_t bytes, apr_pool_t *pool)
{
    unsigned int width = 1, height = 1;
    apr_file_t *file;
    apr_status_t status;
    const kind_t *kind;

    *type = *group = NULL;
    status = apr_file_open(&file, path, APR_FOPEN_READ | APR_FOPEN_BINARY | APR_FOPEN_BUFFERED,
                           APR_FPROT_OS_DEFAULT, pool);
    if (status != APR_SUCCESS) {
        b2b_error_t *err = b2b_error_create(pool, B2B_E_UNAVAILABLE, NULL,
                                            "The file cannot be read.");

        err->status = status;
        return b2b_error_detail(err, pool, "opening %s", path);
    }
    kind = kind_of(find_type(&width, &height, file, bytes, pool));
    apr_file_close(file);
    if (!kind) {
        return NULL;
    }
    if (!width || !height || width > B2B_FILE_SIDE_MAX || height > B2B_FILE_SIDE_MAX) {
        return b2b_error_create(pool, B2B_E_TOO_LARGE, NULL,
                                "The image is %u by %u pixels; at most %d a side are taken.", width,
                                height, B2B_FILE_SIDE_MAX);
    }
    *type = kind->type;
    *group = kind->group;
    return NULL;
}

int b2b_file_type_fits(const char *type, const char *name)
{
    const kind_t *kind = kind_of(type);
    apr_size_t end = strlen(name), dot, i;
    char ending[16];

    if (!kind) {
        return 0;
    }
    /* Windows leaves away dots and blanks at the end: "run.bat." becomes run.bat where it is saved. */
    while (end > 0 && (name[end - 1] == '.' || name[end - 1] == ' ')) {
        end--;
    }
    for (dot = end; dot > 0 && name[dot - 1] != '.'; dot--) {
    }
    /* "Letter to Dr. Berg" and "Contract 1.2" have none: no program is found by it. */
    if (dot == 0 || !apr_isalpha(name[dot]) || strspn(name + dot, ALPHANUMERIC) < end - dot) {
        return 1;
    }
    dot--;
    if (end - dot + 2 > sizeof(ending)) {
        return 0;
    }
    for (i = 0; dot + i < end; i++) {
        ending[i] = (char)apr_tolower(name[dot + i]);
    }
    ending[i] = ' ';
    ending[i + 1] = '\0';
    return strstr(kind->endings, ending) != NULL;
}
