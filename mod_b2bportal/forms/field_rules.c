/* SPDX-License-Identifier: Apache-2.0 */
/* The members of documents, forms and fields, what each must be by itself, and what it is if not given. */

#include "forms_private.h"

#include <string.h>

#include <apr_strings.h>

/* Of a word that is not given the first counts; of a list with null, see integer_of(). */
static const char *const delete_rules[] = {"creator",        "anyone",         "form_owner",
                                           "security_users", "administrators", NULL};
static const char *const submit_modes[] = {"form", "open_forms", NULL};
static const char *const security_modes[] = {"off", "others_view", "assigned", "only", NULL};
static const char *const action_kinds[] = {"go_to", "edit", "reassign", NULL};
static const char *const comments[] = {"none", "optional", "required", NULL};
static const char *const appearances[] = {"dropdown", "radio", "multiselect", "checkboxes", NULL};
static const char *const formats[] = {"decimal", "integer", "currency", "percent", NULL};
static const char *const kinds_of_file[] = {"image", "pdf",     "document", "spreadsheet",
                                            "text",  "archive", NULL};
static const b2b_rule_t accept_items[] = {B2B_WORD("", 0, kinds_of_file), B2B_END};
static const b2b_rule_t id_items[] = {B2B_OF_KIND("", B2B_RULE_ID, 0), B2B_END};
static const b2b_rule_t name_items[] = {B2B_NAME("", 0), B2B_END};
static const b2b_rule_t any_items[] = {B2B_OF_KIND("", B2B_RULE_ANY, 0), B2B_END};

/* clang-format off */
#define LINES(name, max)             {name, B2B_RULE_LINES, 0, 0, max, NULL, NULL}
#define INTEGER(name, min, max)      {name, B2B_RULE_INTEGER, 0, min, max, NULL, NULL}
#define INTEGER_OR_NULL(name, min, max) {name, B2B_RULE_INTEGER, B2B_RULE_NULLABLE, min, max, NULL, NULL}
#define LINE_OR_NULL(name, max)      B2B_LINE(name, B2B_RULE_NULLABLE, 0, max)
#define BOOL(name)                   B2B_OF_KIND(name, B2B_RULE_BOOL, 0)
#define ANY(name)                    B2B_OF_KIND(name, B2B_RULE_ANY, B2B_RULE_NULLABLE)
#define NAMED                        B2B_LINE("name", B2B_RULE_REQUIRED, 1, B2B_FIELD_NAME_MAX)
/* It stands for itself in b2b_field_rule. */
#define TYPE                         B2B_OF_KIND("type", B2B_RULE_ANY, B2B_RULE_REQUIRED)
#define WIDTH                        INTEGER("width", 1, 12)
#define HELP                         LINES("help", B2B_HELP_MAX)

#define WITH_DATA                                                                                  \
    NAMED, B2B_NAME("title", B2B_RULE_REQUIRED), TYPE, WIDTH, HELP, BOOL("required"),              \
        BOOL("read_only"), ANY("default"), BOOL("indexed"), ANY("shown_when"),                     \
        ANY("required_when"), ANY("locked_when")
#define SHOWING NAMED, B2B_LINE("title", 0, 0, B2B_NAME_MAX), TYPE, WIDTH, ANY("shown_when")
#define COLUMN                                                                                     \
    NAMED, B2B_NAME("title", B2B_RULE_REQUIRED), TYPE, WIDTH, HELP, BOOL("required"), ANY("default")

#define TEXT                                                                                       \
    INTEGER("min_length", 0, B2B_FIELD_TEXT_MAX), INTEGER("max_length", 1, B2B_FIELD_TEXT_MAX),    \
        B2B_LINE("pattern", 0, 0, B2B_PATTERN_MAX), B2B_LINE("pattern_hint", 0, 0, B2B_HELP_MAX)
#define CHOICE                                                                                     \
    B2B_WORD("appearance", 0, appearances),                                                        \
        B2B_ARRAY("options", B2B_RULE_REQUIRED, 1, B2B_OPTIONS_MAX, option_items),                 \
        INTEGER("min_choices", 0, B2B_OPTIONS_MAX),                                                \
        INTEGER_OR_NULL("max_choices", 1, B2B_OPTIONS_MAX)
#define NUMBER                                                                                     \
    B2B_WORD("format", 0, formats), INTEGER("decimals", 0, B2B_DECIMALS_MAX),                      \
        LINE_OR_NULL("currency", 3), ANY("min"), ANY("max")
#define RANGE LINE_OR_NULL("min", 20), LINE_OR_NULL("max", 20)
#define TOGGLE B2B_LINE("label_on", 0, 0, 100), B2B_LINE("label_off", 0, 0, 100)

static const b2b_rule_t option_members[] = {
    B2B_LINE("value", B2B_RULE_REQUIRED, 1, 100), B2B_NAME("label", B2B_RULE_REQUIRED), B2B_END};
static const b2b_rule_t option_items[] = {B2B_OBJECT("", 0, option_members), B2B_END};

static const b2b_rule_t text_column[] = {COLUMN, TEXT, B2B_END};
static const b2b_rule_t choice_column[] = {COLUMN, CHOICE, B2B_END};
static const b2b_rule_t number_column[] = {COLUMN, NUMBER, B2B_END};
static const b2b_rule_t date_column[] = {COLUMN, RANGE, B2B_END};
static const b2b_rule_t toggle_column[] = {COLUMN, TOGGLE, B2B_END};
static const b2b_rule_t column_kinds[] = {
    B2B_OBJECT("text", 0, text_column),   B2B_OBJECT("choice", 0, choice_column),
    B2B_OBJECT("number", 0, number_column), B2B_OBJECT("date", 0, date_column),
    B2B_OBJECT("toggle", 0, toggle_column), B2B_END};

static const b2b_rule_t text_field[] = {WITH_DATA, BOOL("multiline"), TEXT, B2B_END};
static const b2b_rule_t choice_field[] = {WITH_DATA, CHOICE, B2B_END};
static const b2b_rule_t number_field[] = {WITH_DATA, NUMBER, B2B_END};
static const b2b_rule_t date_field[] = {WITH_DATA, RANGE, B2B_END};
static const b2b_rule_t toggle_field[] = {WITH_DATA, TOGGLE, B2B_END};
static const b2b_rule_t file_field[] = {
    WITH_DATA, INTEGER("max_files", 1, B2B_FILES_MAX),
    B2B_ARRAY("accept", B2B_RULE_UNIQUE, 1, 6, accept_items), B2B_END};
static const b2b_rule_t table_field[] = {
    WITH_DATA, B2B_ARRAY("columns", B2B_RULE_REQUIRED, 1, B2B_COLUMNS_MAX, any_items),
    INTEGER("min_rows", 0, B2B_ROWS_MAX), INTEGER("max_rows", 1, B2B_ROWS_MAX), B2B_END};
static const b2b_rule_t person_field[] = {
    WITH_DATA, BOOL("from_partner"),
    B2B_ARRAY("host_groups", B2B_RULE_UNIQUE, 0, B2B_OWNERS_MAX, id_items), BOOL("multiple"),
    INTEGER("max_people", 1, B2B_PEOPLE_MAX), B2B_END};
static const b2b_rule_t heading_field[] = {
    SHOWING, B2B_NAME("text", B2B_RULE_REQUIRED), B2B_END};
static const b2b_rule_t rich_text_field[] = {
    SHOWING, B2B_ARRAY("content", B2B_RULE_REQUIRED, 0, 200, b2b_rich_text_items), B2B_END};
static const b2b_rule_t image_field[] = {
    SHOWING, B2B_OF_KIND("file", B2B_RULE_FILE, B2B_RULE_REQUIRED),
    B2B_LINE("alt", B2B_RULE_REQUIRED, 0, 500), B2B_END};
static const b2b_rule_t link_field[] = {
    SHOWING, B2B_NAME("label", B2B_RULE_REQUIRED),
    B2B_OF_KIND("url", B2B_RULE_LINK, B2B_RULE_REQUIRED), B2B_END};

/* In the order of b2b_field_type_e. */
static const b2b_rule_t field_kinds[] = {
    B2B_OBJECT("text", 0, text_field),       B2B_OBJECT("choice", 0, choice_field),
    B2B_OBJECT("number", 0, number_field),   B2B_OBJECT("date", 0, date_field),
    B2B_OBJECT("date_time", 0, date_field),  B2B_OBJECT("toggle", 0, toggle_field),
    B2B_OBJECT("file", 0, file_field),       B2B_OBJECT("table", 0, table_field),
    B2B_OBJECT("person", 0, person_field),   B2B_OBJECT("heading", 0, heading_field),
    B2B_OBJECT("rich_text", 0, rich_text_field), B2B_OBJECT("image", 0, image_field),
    B2B_OBJECT("link", 0, link_field),       B2B_END};
/* clang-format on */

const b2b_rule_t b2b_field_rule = {"", B2B_RULE_KIND, 0, 0, 0, NULL, field_kinds};
const b2b_rule_t b2b_column_rule = {"", B2B_RULE_KIND, 0, 0, 0, NULL, column_kinds};

static const b2b_rule_t owners_members[] = {
    BOOL("creator"),
    BOOL("partner"),
    B2B_ARRAY("partner_groups", 0, 0, B2B_OWNERS_MAX, name_items),
    B2B_ARRAY("host_users", B2B_RULE_UNIQUE, 0, B2B_HOST_OWNERS_MAX, id_items),
    B2B_ARRAY("host_groups", B2B_RULE_UNIQUE, 0, B2B_HOST_OWNERS_MAX, id_items),
    LINE_OR_NULL("field", B2B_FIELD_NAME_MAX),
    B2B_END,
};

/* Whom security and actions name. */
static const b2b_rule_t people_members[] = {
    BOOL("partner"),
    B2B_ARRAY("partner_groups", 0, 0, B2B_OWNERS_MAX, name_items),
    B2B_ARRAY("host_users", B2B_RULE_UNIQUE, 0, B2B_HOST_OWNERS_MAX, id_items),
    B2B_ARRAY("host_groups", B2B_RULE_UNIQUE, 0, B2B_HOST_OWNERS_MAX, id_items),
    B2B_END,
};
static const b2b_rule_t security_members[] = {
    B2B_WORD("mode", 0, security_modes),
    B2B_OBJECT("users", 0, people_members),
    B2B_END,
};

static const b2b_rule_t action_members[] = {
    NAMED,
    B2B_NAME("title", B2B_RULE_REQUIRED),
    B2B_WORD("kind", B2B_RULE_REQUIRED, action_kinds),
    BOOL("form_owners"),
    B2B_OBJECT("granted_to", 0, people_members),
    LINE_OR_NULL("form", B2B_FIELD_NAME_MAX),
    B2B_WORD("comment", 0, comments),
    B2B_END,
};
static const b2b_rule_t action_items[] = {B2B_OBJECT("", 0, action_members), B2B_END};

/* Fields and forms are looked at one by one, so that one that is wrong does not hide what others are. */
const b2b_rule_t b2b_form_rules[] = {
    NAMED,
    B2B_NAME("title", B2B_RULE_REQUIRED),
    LINES("description", B2B_DESCRIPTION_MAX),
    BOOL("opens_with_previous"),
    B2B_OBJECT("owners", 0, owners_members),
    B2B_ARRAY("actions", 0, 0, B2B_ACTIONS_MAX, action_items),
    B2B_ARRAY("fields", 0, 0, B2B_FORM_FIELDS_MAX, any_items),
    B2B_END,
};

const b2b_rule_t b2b_document_rules[] = {
    B2B_NAME("title", B2B_RULE_REQUIRED),
    LINES("description", B2B_DESCRIPTION_MAX),
    B2B_LINE("reference_pattern", 0, 1, B2B_REFERENCE_PATTERN_MAX),
    B2B_WORD("delete_rule", 0, delete_rules),
    B2B_WORD("submit", 0, submit_modes),
    BOOL("notify_assignment"),
    B2B_OBJECT("security", 0, security_members),
    B2B_ARRAY("forms", B2B_RULE_REQUIRED, 1, B2B_FORMS_MAX, any_items),
    B2B_END,
};

/* Normal forms ----------------------------------------------------------------------------------- */

static int is(const char *text, const char *word)
{
    return text && !strcmp(text, word);
}

/* A number that is not given and not simply 0. */
static apr_int64_t integer_of(const char *name, const b2b_json_t *raw)
{
    static const struct {
        const char *name;
        int number;
    } numbers[] = {{"width", 12},
                   {"max_files", 5},
                   {"max_rows", 50},
                   {"max_people", 10},
                   {NULL, 0}};
    int i;

    if (!strcmp(name, "max_length")) {
        return b2b_json_get_bool(raw, "multiline", 0) ? 10000 : 200;
    }
    if (!strcmp(name, "decimals")) {
        return is(b2b_json_get_string(raw, "format"), "integer") ? 0 : 2;
    }
    for (i = 0; numbers[i].name; i++) {
        if (!strcmp(name, numbers[i].name)) {
            return numbers[i].number;
        }
    }
    return 0;
}

static b2b_json_t *all_words(const char *const *words, apr_pool_t *pool)
{
    b2b_json_t *array = b2b_json_array(pool);

    for (; *words; words++) {
        b2b_json_append(array, b2b_json_string(*words, pool));
    }
    return array;
}

/* What a member that is not given is. */
static b2b_json_t *default_of(const b2b_rule_t *rule, const b2b_json_t *raw, apr_pool_t *pool)
{
    if (rule->flags & B2B_RULE_NULLABLE) {
        return b2b_json_null(pool);
    }
    switch (rule->kind) {
    case B2B_RULE_BOOL:
        return b2b_json_bool(!strcmp(rule->name, "notify_assignment"), pool);
    case B2B_RULE_INTEGER:
        return b2b_json_integer(integer_of(rule->name, raw), pool);
    case B2B_RULE_WORD:
        return b2b_json_string(rule->words[0], pool);
    case B2B_RULE_ARRAY:
        return rule->of == accept_items ? all_words(kinds_of_file, pool) : b2b_json_array(pool);
    case B2B_RULE_OBJECT:
        return b2b_normal_object(b2b_json_object(pool), rule->of, pool);
    default:
        return b2b_json_string(strcmp(rule->name, "reference_pattern") ? "" : "[name]-[number]",
                               pool);
    }
}

static b2b_json_t *normal_array(const b2b_json_t *raw, const b2b_rule_t *item, apr_pool_t *pool)
{
    b2b_json_t *array;
    apr_size_t i;

    if (item->kind != B2B_RULE_OBJECT) {
        return b2b_json_copy(raw, pool);
    }
    array = b2b_json_array(pool);
    for (i = 0; i < b2b_json_length(raw); i++) {
        b2b_json_append(array, b2b_normal_object(b2b_json_at(raw, i), item->of, pool));
    }
    return array;
}

b2b_json_t *b2b_normal_object(const b2b_json_t *raw, const b2b_rule_t *rules, apr_pool_t *pool)
{
    b2b_json_t *normal = b2b_json_object(pool);

    for (; rules->name; rules++) {
        const b2b_json_t *value = b2b_json_get(raw, rules->name);

        if (!value || b2b_json_type(value) == B2B_JSON_NULL) {
            value = default_of(rules, raw, pool);
        }
        else if (rules->kind == B2B_RULE_OBJECT) {
            value = b2b_normal_object(value, rules->of, pool);
        }
        else if (rules->kind == B2B_RULE_ARRAY) {
            value = normal_array(value, rules->of, pool);
        }
        b2b_json_set(normal, rules->name, value);
    }
    return normal;
}

static const b2b_rule_t *members_of(const b2b_json_t *field, const b2b_rule_t *rule)
{
    const char *type = b2b_json_get_string(field, "type");
    const b2b_rule_t *kind = rule->of;

    while (!is(type, kind->name)) {
        kind++;
    }
    return kind->of;
}

b2b_json_t *b2b_normal_field(const b2b_json_t *raw, const b2b_rule_t *rule, apr_pool_t *pool)
{
    return b2b_normal_object(raw, members_of(raw, rule), pool);
}

b2b_json_t *b2b_lean_object(const b2b_json_t *normal, const b2b_rule_t *rules, apr_pool_t *pool)
{
    b2b_json_t *lean = b2b_json_object(pool);

    for (; rules->name; rules++) {
        const b2b_json_t *value = b2b_json_get(normal, rules->name);

        if (value && (rules->flags & B2B_RULE_REQUIRED ||
                      !b2b_json_equal(value, default_of(rules, normal, pool)))) {
            b2b_json_set(lean, rules->name, value);
        }
    }
    return lean;
}

b2b_json_t *b2b_lean_field(const b2b_json_t *normal, const b2b_rule_t *rule, apr_pool_t *pool)
{
    b2b_json_t *lean = b2b_lean_object(normal, members_of(normal, rule), pool);
    const b2b_json_t *columns = b2b_json_get(lean, "columns");
    b2b_json_t *lean_columns = b2b_json_array(pool);
    apr_size_t i;

    for (i = 0; columns && i < b2b_json_length(columns); i++) {
        b2b_json_append(lean_columns,
                        b2b_lean_field(b2b_json_at(columns, i), &b2b_column_rule, pool));
    }
    if (columns) {
        b2b_json_set(lean, "columns", lean_columns);
    }
    return lean;
}

int b2b_name_is_good(const char *name)
{
    return name[0] >= 'a' && name[0] <= 'z' && strlen(name) <= B2B_FIELD_NAME_MAX &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(name);
}
