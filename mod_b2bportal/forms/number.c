/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers of fields. They are doubles of which people see and store at most 15 digits, so that what was typed
 * is what comes back. All rounding happens on whole numbers below 2^53, which is the same in every language.
 */

#include "forms_private.h"

#include <math.h>

#include <apr_strings.h>

static const double powers[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

/* Of DECIMALS, those that are within the 15 digits of X. */
static int kept_decimals(double x, int decimals)
{
    int digits = 1;

    while (digits < 15 && fabs(x) >= powers[digits]) {
        digits++;
    }
    return decimals < 15 - digits ? decimals : 15 - digits;
}

int b2b_number_normal(double *normal, double x, int decimals)
{
    double power, scaled, whole, slack;

    if (!(fabs(x) <= B2B_NUMBER_MAX)) {
        return 0;
    }
    power = powers[kept_decimals(x, decimals)];
    scaled = x * power;
    whole = round(scaled);
    slack = fabs(scaled) * 0x1p-52;
    if (fabs(scaled - whole) >= (slack > 1e-6 ? slack : 1e-6)) {
        return 0;
    }
    *normal = whole == 0 ? 0 : whole / power;
    return 1;
}

b2b_json_t *b2b_number_json(double x, apr_pool_t *pool)
{
    return x == floor(x) && fabs(x) <= B2B_NUMBER_MAX ? b2b_json_integer((apr_int64_t)x, pool)
                                                      : b2b_json_real(x, pool);
}

const char *b2b_number_text(double x, int decimals, apr_pool_t *pool)
{
    int kept = kept_decimals(x, decimals);
    apr_int64_t power = (apr_int64_t)powers[kept];
    apr_int64_t whole = (apr_int64_t)llround(fabs(x) * powers[kept]);
    const char *sign = x < 0 && whole ? "-" : "";
    const char *text = apr_psprintf(pool, "%s%" APR_INT64_T_FMT, sign, whole / power);
    char *fraction;
    int i;

    if (decimals == 0) {
        return text;
    }
    fraction = apr_palloc(pool, (apr_size_t)decimals + 2);
    fraction[0] = '.';
    for (i = decimals; i > 0; i--) {
        fraction[i] = '0';
        if (i <= kept) {
            fraction[i] = (char)('0' + whole % 10);
            whole /= 10;
        }
    }
    fraction[decimals + 1] = '\0';
    return apr_pstrcat(pool, text, fraction, NULL);
}
