/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an image is, by its content: PNG, JPEG or WebP, and how large. Headers are read and nothing
 * is decoded; every offset is checked against the length, because the bytes are anybody's.
 */

#include "private.h"

#include <string.h>

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

static unsigned int little32(const unsigned char *byte)
{
    return (little16(byte + 2) << 16) | little16(byte);
}

/*
 * PNG (ISO/IEC 15948): the signature, then IHDR as the first chunk, 13 bytes long; IEND at the end.
 */
static int probe_png(unsigned int *width, unsigned int *height, const unsigned char *data,
                     apr_size_t length)
{
    static const unsigned char tail[8] = {'I', 'E', 'N', 'D', 0xAE, 0x42, 0x60, 0x82};

    if (length < 57 || memcmp(data, "\x89PNG\r\n\x1a\n", 8) != 0 || big32(data + 8) != 13 ||
        memcmp(data + 12, "IHDR", 4) != 0 || memcmp(data + length - 8, tail, 8) != 0) {
        return 0;
    }
    *width = big32(data + 16);
    *height = big32(data + 20);
    return 1;
}

/* Start-of-frame markers hold the size; C4, C8 and CC lie between them and are something else. */
static int is_frame(unsigned int marker)
{
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

/*
 * JPEG (ISO/IEC 10918-1 B): segments with a marker and a length up to the first frame; EOI at the
 * end.
 */
static int probe_jpeg(unsigned int *width, unsigned int *height, const unsigned char *data,
                      apr_size_t length)
{
    apr_size_t at = 2;

    if (length < 16 || data[0] != 0xFF || data[1] != 0xD8 || data[2] != 0xFF ||
        data[length - 2] != 0xFF || data[length - 1] != 0xD9) {
        return 0;
    }
    while (at + 4 <= length) {
        unsigned int marker = data[at + 1];
        unsigned int size;

        if (data[at] != 0xFF) {
            return 0;
        }
        if (marker == 0xFF) {
            at++; /* a fill byte */
            continue;
        }
        size = big16(data + at + 2);
        if (size < 2 || marker == 0xDA || marker == 0xD9) {
            return 0;
        }
        if (is_frame(marker)) {
            if (size < 8 || at + 9 > length) {
                return 0;
            }
            *height = big16(data + at + 5);
            *width = big16(data + at + 7);
            return 1;
        }
        at += 2 + (apr_size_t)size;
    }
    return 0;
}

/* WebP (RFC 9649): RIFF of exactly this length, then VP8, VP8L or VP8X. */
static int probe_webp(unsigned int *width, unsigned int *height, const unsigned char *data,
                      apr_size_t length)
{
    const unsigned char *chunk = data + 12;

    if (length < 30 || memcmp(data, "RIFF", 4) != 0 || memcmp(data + 8, "WEBP", 4) != 0 ||
        (apr_size_t)little32(data + 4) + 8 != length) {
        return 0;
    }
    if (!memcmp(chunk, "VP8 ", 4) && !memcmp(chunk + 11, "\x9d\x01\x2a", 3)) {
        *width = little16(chunk + 14) & 0x3FFF;
        *height = little16(chunk + 16) & 0x3FFF;
        return 1;
    }
    if (!memcmp(chunk, "VP8L", 4) && chunk[8] == 0x2F) {
        unsigned int bits = little32(chunk + 9);

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

void b2b_image_probe(const char **type, unsigned int *width, unsigned int *height, const char *data,
                     apr_size_t length)
{
    const unsigned char *bytes = (const unsigned char *)data;

    *type = NULL;
    *width = *height = 0;
    if (probe_png(width, height, bytes, length)) {
        *type = "image/png";
    }
    else if (probe_jpeg(width, height, bytes, length)) {
        *type = "image/jpeg";
    }
    else if (probe_webp(width, height, bytes, length)) {
        *type = "image/webp";
    }
}
