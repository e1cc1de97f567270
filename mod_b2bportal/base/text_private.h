/* SPDX-License-Identifier: Apache-2.0 */
/* What text.c and text_escape.c share. */

#ifndef B2B_TEXT_PRIVATE_H
#define B2B_TEXT_PRIVATE_H

#include <apr.h>

/** Is POINT a control character, a line separator or an override of the writing direction? */
int b2b_text_point_is_control(unsigned long point);

#endif
