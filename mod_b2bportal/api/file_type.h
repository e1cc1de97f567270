/* SPDX-License-Identifier: Apache-2.0 */
/* What an uploaded file is, by its content. Private to api/. */

#ifndef B2B_FILE_TYPE_H
#define B2B_FILE_TYPE_H

#include <apr_file_io.h>

#include "base/error.h"

/** Pixels a side that an image may say it has: what shows it must decode it. */
#define B2B_FILE_SIDE_MAX 16384

/**
 * Set *TYPE to the media type of the file at PATH of BYTES bytes, and *GROUP to what a field calls it (image, pdf,
 * document, spreadsheet, text, archive); both to NULL if it is nothing of the list. Nothing is decoded or unpacked, and
 * memory does not depend on BYTES. B2B_E_TOO_LARGE for an image of too many pixels; B2B_E_UNAVAILABLE if it
 * cannot be read.
 */
b2b_error_t *b2b_file_type_find(const char **type, const char **group, const char *path,
                                apr_int64_t bytes, apr_pool_t *pool);

/**
 * Does a file of TYPE go by the ending of NAME? A page that was downloaded and is opened again goes by its name
 * alone, so that "x.html" must not hold what we took for a picture. A name without an ending does.
 */
int b2b_file_type_fits(const char *type, const char *name);

/* zip_type.c ----------------------------------------------------------------------------------- */

/** The type of the ZIP archive in FILE of BYTES bytes, or NULL: an office document, or just an archive. */
const char *b2b_zip_type(apr_file_t *file, apr_int64_t bytes, apr_pool_t *pool);

#define B2B_TYPE_DOCX "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
#define B2B_TYPE_XLSX "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#define B2B_TYPE_PPTX "application/vnd.openxmlformats-officedocument.presentationml.presentation"
#define B2B_TYPE_ODT  "application/vnd.oasis.opendocument.text"
#define B2B_TYPE_ODS  "application/vnd.oasis.opendocument.spreadsheet"
#define B2B_TYPE_ZIP  "application/zip"

/** Read exactly LENGTH bytes at OFFSET of FILE into BUFFER; FALSE if they are not there. */
int b2b_file_read_at(apr_file_t *file, apr_int64_t offset, void *buffer, apr_size_t length);

#endif
