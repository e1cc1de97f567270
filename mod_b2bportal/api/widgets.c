/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a dashboard's page may be made of. Rich text is a document of blocks that pages render as
 * elements of their own; nothing in it is ever markup. Addresses lead to https, mail or a path on
 * the portal.
 */

#include "private.h"

#include <string.h>

#include <apr_strings.h>

#include "resources.h"

static const b2b_rule_t text_members[] = {
    {"text", B2B_RULE_LINES, B2B_RULE_REQUIRED, 0, 5000, NULL, NULL},
    B2B_OF_KIND("bold", B2B_RULE_BOOL, 0),
    B2B_OF_KIND("italic", B2B_RULE_BOOL, 0),
    B2B_OF_KIND("link", B2B_RULE_LINK, 0),
    B2B_END,
};
static const b2b_rule_t text_items[] = {B2B_OBJECT("", 0, text_members), B2B_END};

static const char *const block_types[] = {"paragraph", "heading", "list", NULL};
static const b2b_rule_t paragraph_members[] = {
    B2B_WORD("type", B2B_RULE_REQUIRED, block_types),
    B2B_ARRAY("content", B2B_RULE_REQUIRED, 0, 200, text_items),
    B2B_END,
};
static const b2b_rule_t heading_members[] = {
    B2B_WORD("type", B2B_RULE_REQUIRED, block_types),
    {"level", B2B_RULE_INTEGER, B2B_RULE_REQUIRED, 2, 3, NULL, NULL},
    B2B_ARRAY("content", B2B_RULE_REQUIRED, 0, 200, text_items),
    B2B_END,
};
static const b2b_rule_t list_items[] = {B2B_ARRAY("", 0, 0, 200, text_items), B2B_END};
static const b2b_rule_t list_members[] = {
    B2B_WORD("type", B2B_RULE_REQUIRED, block_types),
    B2B_OF_KIND("ordered", B2B_RULE_BOOL, B2B_RULE_REQUIRED),
    B2B_ARRAY("items", B2B_RULE_REQUIRED, 0, 200, list_items),
    B2B_END,
};

static const char *const widget_types[] = {"rich_text", "link", "image", NULL};

#define WIDGET_MEMBERS                                                                             \
    B2B_WORD("type", B2B_RULE_REQUIRED, widget_types),                                             \
    {                                                                                              \
        "width", B2B_RULE_INTEGER, B2B_RULE_REQUIRED, 1, 12, NULL, NULL                            \
    }

static const b2b_rule_t any_items[] = {B2B_OF_KIND("", B2B_RULE_ANY, 0), B2B_END};
static const b2b_rule_t rich_text_members[] = {
    WIDGET_MEMBERS,
    B2B_ARRAY("blocks", B2B_RULE_REQUIRED, 0, 200, any_items),
    B2B_END,
};
static const b2b_rule_t link_members[] = {
    WIDGET_MEMBERS,
    B2B_NAME("label", B2B_RULE_REQUIRED),
    B2B_OF_KIND("url", B2B_RULE_LINK, B2B_RULE_REQUIRED),
    B2B_LINE("description", 0, 0, 500),
    B2B_END,
};
static const b2b_rule_t image_members[] = {
    WIDGET_MEMBERS,
    B2B_OF_KIND("file", B2B_RULE_FILE, B2B_RULE_REQUIRED),
    B2B_LINE("alt", B2B_RULE_REQUIRED, 0, 500),
    B2B_OF_KIND("url", B2B_RULE_LINK, B2B_RULE_NULLABLE),
    B2B_END,
};

/*
 * The rules of a thing whose "type" decides: the first where it is not one of WORDS, so that they
 * complain.
 */
static const b2b_rule_t *rules_by_type(const b2b_json_t *json, const char *const *words,
                                       const b2b_rule_t *const *rules)
{
    const char *type = b2b_json_get_string(json, "type");
    int i;

    for (i = 0; words[i]; i++) {
        if (type && !strcmp(type, words[i])) {
            return rules[i];
        }
    }
    return rules[0];
}

static b2b_error_t *check_blocks(const b2b_json_t *blocks, const char *prefix, apr_pool_t *pool)
{
    static const b2b_rule_t *const rules[] = {paragraph_members, heading_members, list_members};
    b2b_error_t *err = NULL;
    apr_size_t i;

    for (i = 0; i < b2b_json_length(blocks) && !err; i++) {
        const b2b_json_t *block = b2b_json_at(blocks, i);

        err = b2b_rules_check_at(block, rules_by_type(block, block_types, rules),
                                 apr_psprintf(pool, "%sblocks/%" APR_SIZE_T_FMT "/", prefix, i),
                                 pool);
    }
    return err;
}

b2b_error_t *b2b_widgets_check(apr_array_header_t **images, const b2b_json_t *widgets,
                               apr_pool_t *pool)
{
    static const b2b_rule_t *const rules[] = {rich_text_members, link_members, image_members};
    apr_size_t i;

    *images = apr_array_make(pool, 4, sizeof(const char *));
    for (i = 0; i < b2b_json_length(widgets); i++) {
        const b2b_json_t *widget = b2b_json_at(widgets, i);
        const char *prefix = apr_psprintf(pool, "widgets/%" APR_SIZE_T_FMT "/", i);
        const b2b_rule_t *members = rules_by_type(widget, widget_types, rules);

        B2B_ERR(b2b_rules_check_at(widget, members, prefix, pool));
        if (members == rich_text_members) {
            B2B_ERR(check_blocks(b2b_json_get(widget, "blocks"), prefix, pool));
        }
        else if (members == image_members) {
            APR_ARRAY_PUSH(*images, const char *) = b2b_json_get_string(widget, "file");
        }
    }
    return NULL;
}
