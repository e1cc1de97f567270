/* SPDX-License-Identifier: Apache-2.0 */
/* Validators of text from outside. */

#include "text.h"

#include <string.h>
#include <strings.h>

#include <apr_lib.h>
#include <apr_strings.h>

#include "text_private.h"

/* Names that a portal may not take: they mean something to people, to mail and to browsers. */
/* clang-format off */
static const char *const reserved_names[] = {
    "about", "account", "accounts", "admin", "administrator", "api", "app", "apps", "assets",
    "auth", "autoconfig", "autodiscover", "b2b", "billing", "brand", "cdn", "console", "dns",
    "docs", "ftp", "help", "host", "hostmaster", "imap", "invitation", "isatap", "localhost",
    "login", "logout", "mail", "mx", "no-reply", "ns", "ns1", "ns2", "oauth", "oidc", "openid",
    "pop", "pop3", "portal", "portals", "postmaster", "preview", "proxy", "public", "root",
    "scim", "secure", "security", "signin", "signout", "smtp", "sso", "static", "status",
    "support", "sys", "system", "vpn", "webmail", "webmaster", "wpad", "www", NULL};
/* clang-format on */

apr_size_t b2b_text_decode(unsigned long *point, const char *text, apr_size_t length)
{
    const unsigned char *byte = (const unsigned char *)text;
    unsigned long value, least;
    apr_size_t size, i;

    if (length == 0) {
        return 0;
    }
    if (byte[0] < 0x80) {
        *point = byte[0];
        return 1;
    }
    if (byte[0] >= 0xc2 && byte[0] <= 0xdf) {
        size = 2;
        value = byte[0] & 0x1f;
        least = 0x80;
    }
    else if (byte[0] >= 0xe0 && byte[0] <= 0xef) {
        size = 3;
        value = byte[0] & 0x0f;
        least = 0x800;
    }
    else if (byte[0] >= 0xf0 && byte[0] <= 0xf4) {
        size = 4;
        value = byte[0] & 0x07;
        least = 0x10000;
    }
    else {
        return 0;
    }
    if (size > length) {
        return 0;
    }
    for (i = 1; i < size; i++) {
        if ((byte[i] & 0xc0) != 0x80) {
            return 0;
        }
        value = value << 6 | (byte[i] & 0x3f);
    }
    if (value < least || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) {
        return 0;
    }
    *point = value;
    return size;
}

apr_size_t b2b_text_characters(const char *text)
{
    apr_size_t count = 0;

    for (; *text; text++) {
        count += ((unsigned char)*text & 0xc0) != 0x80;
    }
    return count;
}

apr_size_t b2b_text_bytes(const char *text, apr_size_t characters)
{
    const char *at = text;

    for (; *at; at++) {
        if (((unsigned char)*at & 0xc0) != 0x80 && characters-- == 0) {
            break;
        }
    }
    return (apr_size_t)(at - text);
}

int b2b_text_point_is_control(unsigned long point)
{
    return point < 0x20 || (point >= 0x7f && point <= 0x9f) || point == 0x2028 || point == 0x2029 ||
           (point >= 0x202a && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069);
}

/* Spaces that are not U+0020, and characters that show nothing: no part of an address. */
static int point_is_invisible(unsigned long point)
{
    return point == ' ' || point == 0xa0 || point == 0xad || point == 0x1680 ||
           (point >= 0x2000 && point <= 0x200f) || point == 0x202f ||
           (point >= 0x205f && point <= 0x206f) || point == 0x3000 || point == 0xfeff;
}

int b2b_text_is_utf8(const char *text, apr_size_t length)
{
    while (length > 0) {
        unsigned long point;
        apr_size_t size = b2b_text_decode(&point, text, length);

        if (size == 0 || point == 0) {
            return 0;
        }
        text += size;
        length -= size;
    }
    return 1;
}

static int text_is_clean(const char *text, const char *allowed)
{
    apr_size_t length = strlen(text);

    while (length > 0) {
        unsigned long point;
        apr_size_t size = b2b_text_decode(&point, text, length);

        if (size == 0 ||
            (b2b_text_point_is_control(point) && (point > 0x7f || !strchr(allowed, (int)point)))) {
            return 0;
        }
        text += size;
        length -= size;
    }
    return 1;
}

int b2b_text_is_line(const char *text)
{
    return text_is_clean(text, "");
}

int b2b_text_is_multiline(const char *text)
{
    return text_is_clean(text, "\t\n");
}

static int name_is_reserved(const char *name)
{
    const char *const *reserved;

    for (reserved = reserved_names; *reserved; reserved++) {
        if (strcmp(*reserved, name) == 0) {
            return 1;
        }
    }
    return 0;
}

int b2b_text_is_technical_name(const char *name, const char **why)
{
    const char *reason = NULL;
    apr_size_t length = strlen(name);

    if (length == 0) {
        reason = "The technical name is empty.";
    }
    else if (length > B2B_TECHNICAL_MAX) {
        reason = "The technical name is longer than 63 characters.";
    }
    else if (strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") != length) {
        reason = "The technical name may hold the letters a to z in lower case, digits and hyphens "
                 "only.";
    }
    else if (name[0] == '-' || name[length - 1] == '-') {
        reason = "The technical name must begin and end with a letter or a digit.";
    }
    else if (length >= 4 && name[2] == '-' && name[3] == '-') {
        reason = "The technical name may not have two hyphens in the third and fourth place: "
                 "such names are encoded international ones.";
    }
    else if (name_is_reserved(name)) {
        reason = "The technical name is reserved; choose another one.";
    }
    if (why) {
        *why = reason;
    }
    return reason == NULL;
}

int b2b_text_is_slug(const char *name, apr_size_t max)
{
    apr_size_t length = strlen(name);

    return length >= 1 && length <= max &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == length && name[0] != '-' &&
           name[length - 1] != '-';
}

int b2b_text_is_version(const char *text)
{
    apr_size_t major = strspn(text, "0123456789");
    apr_size_t minor = text[major] == '.' ? strspn(text + major + 1, "0123456789") : 0;

    return major >= 1 && major <= 7 && minor >= 1 && minor <= 7 && !text[major + 1 + minor];
}

/* The letters that do not become two; '?' for what is no letter. */
static const char latin[] = /* U+00C0 to U+00FF */
    "aaaaaa?ceeeeiiiidnooooo?ouuuuy??aaaaaa?ceeeeiiiidnooooo?ouuuuy?y"
    /* U+0100 to U+017F */
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii??jjkkkllllllllllnnnnnnnnnoooooo??"
    "rrrrrrssssssss"
    "ttttttuuuuuuuuuuuuwwyyyzzzzzzs";

/* Write POINT as ASCII letters and digits into ASCII; an empty string where it is a separator. */
static void point_in_ascii(char ascii[3], unsigned long point)
{
    static const struct {
        unsigned long point;
        char ascii[3];
    } pairs[] = {{0xc4, "ae"},  {0xc6, "ae"},  {0xd6, "oe"},  {0xdc, "ue"},
                 {0xde, "th"},  {0xdf, "ss"},  {0xe4, "ae"},  {0xe6, "ae"},
                 {0xf6, "oe"},  {0xfc, "ue"},  {0xfe, "th"},  {0x132, "ij"},
                 {0x133, "ij"}, {0x152, "oe"}, {0x153, "oe"}, {0x1e9e, "ss"}};
    apr_size_t i;

    ascii[0] = ascii[1] = ascii[2] = '\0';
    for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        if (pairs[i].point == point) {
            memcpy(ascii, pairs[i].ascii, sizeof(pairs[i].ascii));
            return;
        }
    }
    if (point < 0x80 && apr_isalnum((int)point)) {
        ascii[0] = (char)apr_tolower((int)point);
    }
    else if (point >= 0xc0 && point < 0x180 && latin[point - 0xc0] != '?') {
        ascii[0] = latin[point - 0xc0];
    }
}

const char *b2b_text_technical_name(const char *name, apr_pool_t *pool)
{
    apr_size_t length = strlen(name);
    char *text = apr_palloc(pool, length * 2 + 1);
    char *out = text;

    while (length > 0) {
        unsigned long point = '-';
        apr_size_t size = b2b_text_decode(&point, name, length);
        char ascii[3];

        size = size ? size : 1;
        point_in_ascii(ascii, point);
        if (ascii[0]) {
            apr_size_t letters = strlen(ascii);

            memcpy(out, ascii, letters);
            out += letters;
        }
        else if (point != '\'' && point != 0x2019 && out > text && out[-1] != '-') {
            *out++ = '-'; /* an apostrophe joins: "O'Brien" is obrien */
        }
        name += size;
        length -= size;
    }
    if (out - text > B2B_TECHNICAL_MAX) {
        out = text + B2B_TECHNICAL_MAX;
    }
    while (out > text && out[-1] == '-') {
        out--;
    }
    *out = '\0';
    return name_is_reserved(text) ? apr_pstrcat(pool, text, "-portal", NULL) : text;
}

int b2b_text_is_color(const char *text)
{
    return text[0] == '#' && strlen(text) == 7 && strspn(text + 1, "0123456789abcdefABCDEF") == 6;
}

/*
 * Is NAME[0..LENGTH) a domain of dot-separated labels: letters, digits and hyphens, with U-labels where
 * INTERNATIONAL? A last label of digits alone would be an IPv4 address, which IPV4 allows.
 */
static int is_domain(const char *name, apr_size_t length, int international, int ipv4)
{
    apr_size_t start = 0, i;
    int digits = 1, dots = 0;

    if (length == 0 || length > 253) {
        return 0;
    }
    for (i = 0; i <= length; i++) {
        if (i == length || name[i] == '.') {
            if (i == start || i - start > B2B_TECHNICAL_MAX || name[start] == '-' ||
                name[i - 1] == '-') {
                return 0;
            }
            if (i < length) {
                start = i + 1;
                digits = 1;
                dots++;
            }
        }
        else if (apr_isalnum(name[i]) || name[i] == '-' ||
                 (international && (unsigned char)name[i] >= 0x80)) {
            digits = digits && apr_isdigit(name[i]);
        }
        else {
            return 0;
        }
    }
    if (digits && ipv4) {
        const char *text = name;

        /* Four decimal numbers, nothing that resolvers read in a way of their own ("0x7f.1", "2130706433"). */
        for (i = 0; i < 4; i++) {
            apr_size_t count = 0;
            int number = 0;

            while (text < name + length && apr_isdigit(*text) && count < 4) {
                number = number * 10 + (*text++ - '0');
                count++;
            }
            if (count == 0 || count > 3 || number > 255 ||
                (count > 1 && text[-(int)count] == '0') ||
                (i < 3 && (text == name + length || *text++ != '.'))) {
                return 0;
            }
        }
        return dots == 3 && text == name + length;
    }
    return !digits;
}

int b2b_text_is_email(const char *text)
{
    static const char atext[] =
        "!#$%&'*+-/=?^_`{|}~"; /* RFC 5322 3.2.3, beside letters and digits */
    apr_size_t length = strlen(text), left = length, local, i;
    const char *at = strchr(text, '@'), *rest = text;

    if (!at || strchr(at + 1, '@') || length > B2B_EMAIL_MAX || !b2b_text_is_line(text)) {
        return 0;
    }
    while (left > 0) {
        unsigned long point;
        apr_size_t size = b2b_text_decode(&point, rest, left);

        if (point_is_invisible(point) || point == 0x3002 || point == 0xff0e || point == 0xff61) {
            return 0; /* the last three are dots to IDNA, and would make other labels than those checked */
        }
        rest += size;
        left -= size;
    }
    local = (apr_size_t)(at - text);
    if (local == 0 || local > 64 || text[0] == '.' || text[local - 1] == '.') {
        return 0;
    }
    for (i = 0; i < local; i++) {
        if (text[i] == '.' ? text[i + 1] == '.'
                           : !(apr_isalnum(text[i]) || (unsigned char)text[i] >= 0x80 ||
                               strchr(atext, text[i]))) {
            return 0;
        }
    }
    return is_domain(at + 1, length - local - 1, 1, 0);
}

/* Is AUTHORITY[0..LENGTH) a host, "host:port" or "[ipv6]:port"? */
static int is_authority(const char *authority, apr_size_t length)
{
    const char *port = NULL, *end = authority + length;
    apr_size_t host = length;

    if (length > 0 && authority[0] == '[') {
        const char *bracket = memchr(authority, ']', length);
        int colons = 0;

        if (!bracket) {
            return 0;
        }
        for (authority++; authority < bracket; authority++) {
            colons += *authority == ':';
            if (!apr_isxdigit(*authority) && *authority != ':' && *authority != '.') {
                return 0;
            }
        }
        if (colons < 2) {
            return 0;
        }
        if (bracket + 1 < end) {
            if (bracket[1] != ':') {
                return 0;
            }
            port = bracket + 2;
        }
    }
    else {
        port = memchr(authority, ':', length);
        if (port) {
            host = (apr_size_t)(port - authority);
            port++;
        }
        if (!is_domain(authority, host, 0, 1)) {
            return 0;
        }
    }
    if (port) {
        long number = 0;

        if (port == end || end - port > 5) {
            return 0;
        }
        for (; port < end; port++) {
            if (!apr_isdigit(*port)) {
                return 0;
            }
            number = number * 10 + (*port - '0');
        }
        return number >= 1 && number <= 65535;
    }
    return 1;
}

int b2b_text_is_url(const char *text, int allow_http)
{
    static const char others[] = "-._~:/?#[]@!$&'()*+,;=%"; /* RFC 3986 2.2, 2.3 */
    apr_size_t length = strlen(text), scheme, i;

    if (length > B2B_URL_MAX) {
        return 0;
    }
    if (strncasecmp(text, "https://", 8) == 0) {
        scheme = 8;
    }
    else if (allow_http && strncasecmp(text, "http://", 7) == 0) {
        scheme = 7;
    }
    else {
        return 0;
    }
    for (i = scheme; i < length; i++) {
        if (!apr_isascii(text[i]) || (!apr_isalnum(text[i]) && !strchr(others, text[i]))) {
            return 0;
        }
        if (text[i] == '%' && (!apr_isxdigit(text[i + 1]) || !apr_isxdigit(text[i + 2]))) {
            return 0;
        }
    }
    return is_authority(text + scheme, strcspn(text + scheme, "/?#"));
}

int b2b_text_is_path(const char *text)
{
    return text[0] == '/' && text[1] != '/' && !strchr(text, '\\') && strlen(text) <= B2B_URL_MAX &&
           b2b_text_is_line(text);
}

int b2b_text_is_locale(const char *text)
{
    apr_size_t language = strspn(text, "abcdefghijklmnopqrstuvwxyz");
    const char *region = text + language + 1;

    if (language < 2 || language > 3) {
        return 0;
    }
    if (text[language] == '\0') {
        return 1;
    }
    return text[language] == '-' &&
           ((strlen(region) == 2 && apr_isupper(region[0]) && apr_isupper(region[1])) ||
            (strlen(region) == 3 && strspn(region, "0123456789") == 3));
}

int b2b_text_is_id(const char *text)
{
    int i;

    for (i = 0; i < 36; i++) {
        if (i == 8 || i == 13 || i == 18 || i == 23) {
            if (text[i] != '-') {
                return 0;
            }
        }
        else if (text[i] == '\0' || !strchr("0123456789abcdef", text[i])) {
            return 0;
        }
    }
    return text[36] == '\0';
}
