/* SPDX-License-Identifier: Apache-2.0 */
/* Dates as fields hold them: of one form only, so that their byte order is their order. */

#include "forms_private.h"

#include <string.h>

static int digits(const char *text, int count)
{
    int number = 0;

    while (count-- > 0) {
        if (*text < '0' || *text > '9') {
            return -1;
        }
        number = number * 10 + (*text++ - '0');
    }
    return number;
}

static int is_day(const char *text)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year = digits(text, 4), month, day, last;

    if (year < 1000 || text[4] != '-') {
        return 0;
    }
    month = digits(text + 5, 2);
    if (month < 1 || month > 12 || text[7] != '-') {
        return 0;
    }
    day = digits(text + 8, 2);
    last = days[month - 1];
    if (month == 2 && (year % 400 == 0 || (year % 4 == 0 && year % 100 != 0))) {
        last = 29;
    }
    return day >= 1 && day <= last;
}

int b2b_date_is_real(const char *text)
{
    return strlen(text) == 10 && is_day(text);
}

int b2b_date_time_is_real(const char *text)
{
    int hour, minute, second;

    if (strlen(text) != 20 || !is_day(text) || text[10] != 'T' || text[13] != ':' ||
        text[16] != ':' || text[19] != 'Z') {
        return 0;
    }
    hour = digits(text + 11, 2);
    minute = digits(text + 14, 2);
    second = digits(text + 17, 2);
    return hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60;
}
