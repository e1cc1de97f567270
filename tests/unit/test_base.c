/* SPDX-License-Identifier: Apache-2.0 */
/* base/error, base/log, base/chance. */
#include "unit.h"

#include <string.h>

#include <apr_file_info.h>
#include <apr_file_io.h>
#include <apr_strings.h>

#include "base/chance.h"
#include "base/error.h"
#include "base/log.h"
#include "base/settle.h"
#include "base/text.h"

START_TEST(chain_keeps_the_work_s_code)
{
    b2b_error_t *cause = b2b_error_create(test_pool, B2B_E_UNAVAILABLE, NULL, "The disk is full.");
    b2b_error_t *err = b2b_error_create(test_pool, B2B_E_CONFLICT, cause, "No %s.", "thing");
    b2b_error_t *undo = b2b_error_create(test_pool, B2B_E_INTERNAL, NULL, "No rollback.");

    ck_assert_ptr_eq(b2b_error_compose(err, undo), err);
    ck_assert_ptr_eq(err->child->child, undo);
    ck_assert_int_eq(err->code, B2B_E_CONFLICT);
    ck_assert_ptr_eq(b2b_error_compose(NULL, undo), undo);
    ck_assert_ptr_eq(b2b_error_compose(err, NULL), err);
    ck_assert_ptr_eq(b2b_error_compose(undo, undo), undo); /* no circle */
    ck_assert_ptr_null(undo->child);
    ck_assert_ptr_null(b2b_error_compose(NULL, NULL));
}
END_TEST

START_TEST(text_is_one_safe_line)
{
    b2b_error_t *err = b2b_error_invalid(test_pool, "members/3/email", "Bad \"%s\".",
                                         "a\nb\x1b[31m");
    const char *text;

    b2b_error_detail(err, test_pool, "UNIQUE\r\n%d", 7);
    err->child = b2b_error_create(test_pool, B2B_E_INTERNAL, NULL, "cause");
    err->child->status = APR_ENOENT;
    text = b2b_error_text(err, test_pool);
    ck_assert(b2b_text_is_line(text));
    ck_assert_ptr_nonnull(strstr(
        text,
        "Bad \"a\\x0ab\\x1b[31m\". at members/3/email (UNIQUE\\x0d\\x0a7) [unit/test_base.c:"));
    ck_assert_ptr_nonnull(strstr(text, ": cause (No such file or directory) [unit/"));
    ck_assert_ptr_null(b2b_error_detail(NULL, test_pool, "x"));
    ck_assert_ptr_null(b2b_error_typed(NULL, "x"));
    ck_assert_str_eq(b2b_error_typed(err, "name-taken")->type, "name-taken");
}
END_TEST

static const char *logged;
static int logged_level;

static void remember(void *baton, const char *file, int line, b2b_log_level_e level,
                     apr_status_t status, const char *message)
{
    (void)file;
    (void)line;
    (void)status;
    ck_assert_ptr_eq(baton, &logged);
    logged = apr_pstrdup(test_pool, message);
    logged_level = (int)level;
}

START_TEST(log_is_escaped_and_has_a_level)
{
    b2b_error_t *err = b2b_error_create(test_pool, B2B_E_INTERNAL, NULL, "in\nner");

    b2b_log_set(remember, &logged, B2B_LOG_INFO);
    b2b_log(B2B_LOG_WARNING, APR_SUCCESS, test_pool, "%s", "a\nb");
    ck_assert_str_eq(logged, "a\\x0ab");
    ck_assert_int_eq(logged_level, B2B_LOG_WARNING);
    b2b_log(B2B_LOG_DEBUG, APR_SUCCESS, test_pool, "not shown");
    ck_assert_str_eq(logged, "a\\x0ab");
    b2b_log_error(err, B2B_LOG_ERROR, test_pool, "The \twork failed");
    ck_assert_ptr_eq(strstr(logged, "The \\x09work failed: in\\x0aner [unit/"),
                     logged); /* escaped once */
    b2b_log_set(NULL, NULL, B2B_LOG_INFO);
    b2b_log(B2B_LOG_WARNING, APR_SUCCESS, test_pool, "silent");
}
END_TEST

START_TEST(clock_goes_both_ways)
{
    static const struct {
        const char *text, *written;
    } rows[] = {
        {"2026-11-22T02:20:31.123Z", "2026-11-22T02:20:31.123Z"},
        {"2026-11-22t02:20:31z", "2026-11-22T02:20:31.000Z"},
        {"2026-11-22T02:20:31.1234567+01:30", "2026-11-22T00:50:31.123Z"},
        {"2026-11-21T23:00:00-05:00", "2026-11-22T04:00:00.000Z"},
        {"2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000Z"},
        {"1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z"},
        {"2000-02-29T23:59:59.999Z", "2000-02-29T23:59:59.999Z"},
        {"", NULL},
        {"2026-11-22", NULL},
        {"2026-11-22T02:20:31", NULL},
        {"2026-11-22 02:20:31Z", NULL},
        {"2026-13-01T00:00:00Z", NULL},
        {"2026-02-29T00:00:00Z", NULL},
        {"1900-02-29T00:00:00Z", NULL},
        {"2026-11-31T00:00:00Z", NULL},
        {"2026-11-22T24:00:00Z", NULL},
        {"2026-11-22T02:60:00Z", NULL},
        {"2026-11-22T02:20:31.Z", NULL},
        {"2026-11-22T02:20:31Zx", NULL},
        {"2026-11-22T02:20:31+1:00", NULL},
        {"2026-11-22T02:20:31+24:00", NULL},
        {"+026-11-22T02:20:31Z", NULL},
        {"2026-1-22T02:20:31Z", NULL},
    };
    apr_size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        apr_time_t time = 0;
        int parsed = b2b_clock_parse(&time, rows[i].text);

        ck_assert_msg(parsed == (rows[i].written != NULL), "\"%s\"", rows[i].text);
        if (parsed) {
            ck_assert_str_eq(b2b_clock_format(time, test_pool), rows[i].written);
        }
    }
}
END_TEST

START_TEST(clock_can_be_shifted)
{
    apr_time_t before = b2b_clock_now();

    b2b_clock_shift(apr_time_from_sec(3600));
    ck_assert(b2b_clock_now() - before >= apr_time_from_sec(3600));
    b2b_clock_shift(0);
    ck_assert(b2b_clock_now() - before < apr_time_from_sec(60));
}
END_TEST

START_TEST(ids_are_uuid7_and_grow)
{
    const char *last = "";
    apr_time_t now = b2b_clock_now();
    int i;

    for (i = 0; i < 20000; i++) {
        const char *next = b2b_id_create(test_pool);

        ck_assert(b2b_text_is_id(next));
        ck_assert_int_eq(next[14], '7');
        ck_assert_ptr_nonnull(strchr("89ab", next[19]));
        ck_assert_str_lt(last, next);
        last = next;
        if (i == 0) {
            char digits[13];

            memcpy(digits, next, 8);
            memcpy(digits + 8, next + 9, 4);
            digits[12] = '\0';
            ck_assert_int_le(apr_strtoi64(digits, NULL, 16) - now / 1000, 1000);
            ck_assert_int_ge(apr_strtoi64(digits, NULL, 16) - now / 1000, 0);
        }
    }
}
END_TEST

START_TEST(tokens_are_random_and_whole)
{
    const char *a = b2b_token_create(24, test_pool), *b = b2b_token_create(24, test_pool);
    int length;

    ck_assert_uint_eq(strlen(a), 32);
    ck_assert_str_ne(a, b);
    ck_assert_uint_eq(strspn(a, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
                      32);
    for (length = 1; length < 40; length++) {
        ck_assert_uint_eq(strlen(b2b_token_create((apr_size_t)length, test_pool)),
                          ((apr_size_t)length * 8 + 5) / 6);
    }
}
END_TEST

START_TEST(digests)
{
    ck_assert_str_eq(b2b_sha256_hex("abc", 3, test_pool),
                     "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    ck_assert_str_eq(b2b_sha256_hex("", 0, test_pool),
                     "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    ck_assert(b2b_secret_equal("same", "same"));
    ck_assert(!b2b_secret_equal("same", "sane"));
    ck_assert(!b2b_secret_equal("same", "same "));
    ck_assert(b2b_secret_equal("", ""));
    ck_assert_uint_eq(b2b_hash64("directory"), b2b_hash64("directory"));
    ck_assert(b2b_hash64("portal:1") != b2b_hash64("portal:2"));
}
END_TEST

/* Slots are hash % 1024: keys that differ in one digit must not crowd into few of them. */
START_TEST(hash_spreads)
{
    int count[1024] = {0}, i, used = 0;

    for (i = 0; i < 4096; i++) {
        int *slot = &count[b2b_hash64(apr_psprintf(test_pool, "portal:%d", i)) % 1024];

        used += (*slot)++ == 0;
        ck_assert_int_lt(*slot, 20);
    }
    ck_assert_int_gt(used, 950);
}
END_TEST

/* The same number in every process and on every node, whatever its build: other nodes depend on it. */
START_TEST(hash_is_fixed)
{
    ck_assert_uint_eq(b2b_hash64("directory"), APR_UINT64_C(0x2833c96edc125798));
}
END_TEST

START_TEST(settles_files)
{
    char *temporary = apr_pstrdup(test_pool, "settle-XXXXXX");
    const char *path;
    apr_finfo_t info;
    apr_file_t *file;

    ck_assert_int_eq(apr_file_mktemp(&file, temporary,
                                     APR_FOPEN_CREATE | APR_FOPEN_WRITE | APR_FOPEN_EXCL,
                                     test_pool),
                     APR_SUCCESS);
    apr_file_close(file);
    path = apr_pstrcat(test_pool, temporary, ".settled", NULL);
    ck_assert(APR_STATUS_IS_ENOENT(b2b_file_settle(temporary, "no/such/folder", test_pool)));
    ck_assert_int_eq(b2b_file_settle(temporary, path, test_pool), APR_SUCCESS);
    ck_assert(APR_STATUS_IS_ENOENT(apr_stat(&info, temporary, APR_FINFO_TYPE, test_pool)));
    ck_assert_int_eq(apr_stat(&info, path, APR_FINFO_PROT, test_pool), APR_SUCCESS);
    ck_assert_int_eq(info.protection, APR_FPROT_UREAD | APR_FPROT_UWRITE | APR_FPROT_GREAD);
    apr_file_remove(path, test_pool);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("base");
    TCase *tc = unit_case(suite, "base");

    tcase_add_test(tc, chain_keeps_the_work_s_code);
    tcase_add_test(tc, text_is_one_safe_line);
    tcase_add_test(tc, log_is_escaped_and_has_a_level);
    tcase_add_test(tc, clock_goes_both_ways);
    tcase_add_test(tc, clock_can_be_shifted);
    tcase_add_test(tc, ids_are_uuid7_and_grow);
    tcase_add_test(tc, tokens_are_random_and_whole);
    tcase_add_test(tc, digests);
    tcase_add_test(tc, hash_spreads);
    tcase_add_test(tc, hash_is_fixed);
    tcase_add_test(tc, settles_files);
    return suite;
}
