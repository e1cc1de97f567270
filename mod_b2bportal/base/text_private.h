/* SPDX-License-Identifier: Apache-2.0 */
/* What text.c and text_escape.c share: characters of UTF-8 one by one. */

#ifndef B2B_TEXT_PRIVATE_H
#define B2B_TEXT_PRIVATE_H

#include <apr.h>

/** Decode the character at TEXT[0..LENGTH) into *POINT and return its size; 0 if it is not well-formed. */
apr_size_t b2b_text_decode(unsigned long *point, const char *text, apr_size_t length);

/** Is POINT a control character, a line separator or an override of the writing direction? */
int b2b_text_point_is_control(unsigned long point);

#endif
