/* SPDX-License-Identifier: Apache-2.0 */
/* api/image_probe: images are what their bytes say, and no bytes make it read beyond their end. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "api/private.h"

static const unsigned char png[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n', 0,   0, 0, 13,
                                    'I',  'H', 'D', 'R', 0,    0,    0x04, 0x00, 0,   0, 2, 0,
                                    8,    2,   0,   0,   0,    1,    2,    3,    4,   0, 0, 0,
                                    0,    'I', 'D', 'A', 'T',  1,    2,    3,    4,   0, 0, 0,
                                    0,    'I', 'E', 'N', 'D',  0xAE, 0x42, 0x60, 0x82};
static const unsigned char jpeg[] = {0xFF, 0xD8, 0xFF, 0xE0, 0,    4,    'J', 'F',  0xFF, 0xC0,
                                     0,    11,   8,    0x01, 0x00, 0x02, 0,   1,    1,    0x11,
                                     0,    0xFF, 0xDA, 0,    2,    1,    2,   0xFF, 0xD9};
static const unsigned char webp_lossy[] = {'R', 'I', 'F', 'F',  22,   0,    0,    0, 'W',  'E',
                                           'B', 'P', 'V', 'P',  '8',  ' ',  10,   0, 0,    0,
                                           1,   2,   3,   0x9D, 0x01, 0x2A, 0x40, 1, 0xF0, 0};
static const unsigned char webp_extended[] = {'R', 'I', 'F', 'F', 22,   0,    0,  0,    'W', 'E',
                                              'B', 'P', 'V', 'P', '8',  'X',  10, 0,    0,   0,
                                              0,   0,   0,   0,   0xFF, 0x1F, 0,  0x0F, 0,   0};

static const struct {
    const void *data;
    apr_size_t length;
    const char *type;
    unsigned int width;
    unsigned int height;
} images[] = {
    {png, sizeof(png), "image/png", 1024, 512},
    {jpeg, sizeof(jpeg), "image/jpeg", 512, 256},
    {webp_lossy, sizeof(webp_lossy), "image/webp", 320, 240},
    {webp_extended, sizeof(webp_extended), "image/webp", 8192, 16},
    {png, sizeof(png) - 1, NULL, 0, 0},
    {jpeg, sizeof(jpeg) - 1, NULL, 0, 0},
    {webp_lossy, sizeof(webp_lossy) - 1, NULL, 0, 0},
    {"", 0, NULL, 0, 0},
    {"GIF89a<script>alert(1)</script>;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;", 60, NULL, 0, 0},
    {"<svg xmlns='http://www.w3.org/2000/svg'><script>x</script></svg>", 64, NULL, 0, 0},
    {"<html>..................................................</html>", 62, NULL, 0, 0},
};

START_TEST(knows_images)
{
    const char *type;
    unsigned int width;
    unsigned int height;

    b2b_image_probe(&type, &width, &height, images[_i].data, images[_i].length);
    if (!images[_i].type) {
        ck_assert_ptr_null(type);
        return;
    }
    ck_assert_ptr_nonnull(type);
    ck_assert_str_eq(type, images[_i].type);
    ck_assert_uint_eq(width, images[_i].width);
    ck_assert_uint_eq(height, images[_i].height);
}
END_TEST

/* Every prefix and every changed byte, in a buffer of exactly that length: the sanitizers watch. */
START_TEST(stays_within_its_bytes)
{
    const unsigned char *data = images[_i].data;
    apr_size_t length;
    apr_size_t at;

    for (length = 0; length <= images[_i].length; length++) {
        for (at = 0; at <= length; at++) {
            unsigned char *copy = malloc(length ? length : 1);
            const char *type;
            unsigned int width;
            unsigned int height;

            ck_assert_ptr_nonnull(copy);
            memcpy(copy, data, length);
            if (at < length) {
                copy[at] = 0xFF;
            }
            b2b_image_probe(&type, &width, &height, (const char *)copy, length);
            ck_assert(!type || !strncmp(type, "image/", 6));
            free(copy);
        }
    }
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

Suite *unit_suite(void)
{
    Suite *suite = suite_create("image");
    TCase *tc = unit_case(suite, "probe");

    tcase_add_loop_test(tc, knows_images, 0, COUNT(images));
    tcase_add_loop_test(tc, stays_within_its_bytes, 0, COUNT(images));
    return suite;
}
