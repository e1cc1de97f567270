/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a ZIP archive is, by the names in its directory (APPNOTE.TXT 4.3): a document of an office program, or
 * just an archive. Nothing is unpacked, so that nothing can grow; every number of the file is anybody's.
 */

#include "file_type.h"

#include <string.h>

#define END_LENGTH     22 /* of the end record, without its comment */
#define COMMENT_MAX    65535
#define ENTRY_LENGTH   46
#define LOCAL_LENGTH   30
#define NAME_LOOKED_AT 64 /* the longest name that says something is shorter */

typedef struct {
    int types;    /* [Content_Types].xml: an Office Open XML package */
    int document; /* and which */
    int workbook;
    int presentation;
    int macros;
    int scripts; /* of an OpenDocument's own; a folder of this name in an archive is nobody's business */
} found_t;

static unsigned int little16(const unsigned char *byte)
{
    return ((unsigned int)byte[1] << 8) | byte[0];
}

static apr_int64_t little32(const unsigned char *byte)
{
    return (apr_int64_t)little16(byte) | (apr_int64_t)little16(byte + 2) << 16;
}

/* The end record: the last one whose comment reaches exactly to the end. *END is where it lies, -1 if nowhere. */
static void find_end(apr_int64_t *end, unsigned char record[END_LENGTH], apr_file_t *file,
                     apr_int64_t bytes, apr_pool_t *pool)
{
    apr_int64_t length = bytes < END_LENGTH + COMMENT_MAX ? bytes : END_LENGTH + COMMENT_MAX;
    unsigned char *tail = apr_palloc(pool, (apr_size_t)length);
    apr_int64_t at;

    *end = -1;
    if (!b2b_file_read_at(file, bytes - length, tail, (apr_size_t)length)) {
        return;
    }
    for (at = length - END_LENGTH; at >= 0; at--) {
        if (!memcmp(tail + at, "PK\5\6", 4) &&
            at + END_LENGTH + (apr_int64_t)little16(tail + at + 20) == length) {
            memcpy(record, tail + at, END_LENGTH);
            *end = bytes - length + at;
            return;
        }
    }
}

/* Names of parts are the same in any case (ECMA-376 part 2, 6.2.2.3). */
static int is_name(const char *name, unsigned int length, const char *wanted)
{
    return length == strlen(wanted) && !strncasecmp(name, wanted, length);
}

static int begins_in(const char *name, unsigned int length, const char *wanted)
{
    apr_size_t size = strlen(wanted);

    return length >= size && !strncasecmp(name, wanted, size);
}

static int ends_in(const char *name, unsigned int length, const char *wanted)
{
    apr_size_t size = strlen(wanted);

    return length >= size && !strncasecmp(name + length - size, wanted, size);
}

static void look_at(found_t *found, const char *name, unsigned int length)
{
    found->types |= is_name(name, length, "[Content_Types].xml");
    found->document |= is_name(name, length, "word/document.xml");
    found->workbook |= is_name(name, length, "xl/workbook.xml");
    found->presentation |= is_name(name, length, "ppt/presentation.xml");
    found->macros |= ends_in(name, length, "vbaProject.bin") ||
                     is_name(name, length, "Basic/script-lc.xml");
    found->scripts |= begins_in(name, length, "Scripts/");
}

/* The name at OFFSET: of a long one its beginning and its end say something. */
static int read_name(found_t *found, apr_file_t *file, apr_int64_t offset, unsigned int length)
{
    char name[NAME_LOOKED_AT];
    unsigned int part = length < sizeof(name) ? length : sizeof(name);

    if (!b2b_file_read_at(file, offset, name, part)) {
        return 0;
    }
    look_at(found, name, part);
    if (part == length) {
        return 1;
    }
    if (!b2b_file_read_at(file, offset + length - part, name, part)) {
        return 0;
    }
    found->macros |= ends_in(name, part, "vbaProject.bin");
    return 1;
}

/* Walk the directory from OFFSET to END; FALSE if it is not one of COUNT entries that fill it. */
static int read_directory(found_t *found, apr_file_t *file, apr_int64_t offset, apr_int64_t end,
                          unsigned int count)
{
    unsigned char entry[ENTRY_LENGTH];
    unsigned int i;

    for (i = 0; i < count; i++) {
        unsigned int length;
        apr_int64_t size;

        if (offset + ENTRY_LENGTH > end || !b2b_file_read_at(file, offset, entry, sizeof(entry)) ||
            memcmp(entry, "PK\1\2", 4) != 0) {
            return 0;
        }
        length = little16(entry + 28);
        size = ENTRY_LENGTH + (apr_int64_t)length + little16(entry + 30) + little16(entry + 32);
        if (offset + size > end) {
            return 0;
        }
        if (!read_name(found, file, offset + ENTRY_LENGTH, length)) {
            return 0;
        }
        offset += size;
    }
    return offset == end;
}

/* OpenDocument 1.3 part 2, 3.3: the first entry is "mimetype", stored as it is, and is the type. */
static const char *opendocument_type(apr_file_t *file)
{
    static const char *const types[] = {B2B_TYPE_ODT, B2B_TYPE_ODS};
    unsigned char local[LOCAL_LENGTH];
    char name[8], type[64];
    apr_size_t i;

    if (!b2b_file_read_at(file, 0, local, sizeof(local)) || little16(local + 8) != 0 ||
        little16(local + 26) != 8 || !b2b_file_read_at(file, LOCAL_LENGTH, name, 8) ||
        memcmp(name, "mimetype", 8) != 0) {
        return NULL;
    }
    for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        apr_size_t length = strlen(types[i]);

        if (little32(local + 22) == (apr_int64_t)length &&
            b2b_file_read_at(file, LOCAL_LENGTH + 8 + little16(local + 28), type, length) &&
            !memcmp(type, types[i], length)) {
            return types[i];
        }
    }
    return NULL;
}

const char *b2b_zip_type(apr_file_t *file, apr_int64_t bytes, apr_pool_t *pool)
{
    unsigned char record[END_LENGTH];
    found_t found = {0, 0, 0, 0, 0, 0};
    apr_int64_t end, offset, size;
    unsigned int count;
    const char *type;

    find_end(&end, record, file, bytes, pool);
    if (end < 0) {
        return NULL;
    }
    count = little16(record + 10);
    size = little32(record + 12);
    offset = little32(record + 16);
    /* One volume, not empty, and the directory right before the end: no room for something else. */
    if (little16(record + 4) || little16(record + 6) || !count || offset + size != end ||
        !read_directory(&found, file, offset, end, count) || found.macros) {
        return NULL;
    }
    if (found.types) {
        return found.document + found.workbook + found.presentation != 1 ? NULL
               : found.document                                          ? B2B_TYPE_DOCX
               : found.workbook                                          ? B2B_TYPE_XLSX
                                                                         : B2B_TYPE_PPTX;
    }
    type = opendocument_type(file);
    if (!type) {
        return B2B_TYPE_ZIP;
    }
    return found.scripts ? NULL : type;
}
