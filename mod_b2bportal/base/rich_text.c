/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rich text: a document of blocks that pages render as elements of their own; nothing in it is ever markup.
 * Addresses lead to https, mail or a path on the portal.
 */

#include "rules.h"

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

static const b2b_rule_t block_kinds[] = {
    B2B_OBJECT("paragraph", 0, paragraph_members),
    B2B_OBJECT("heading", 0, heading_members),
    B2B_OBJECT("list", 0, list_members),
    B2B_END,
};

const b2b_rule_t b2b_rich_text_items[] = {
    {"", B2B_RULE_KIND, 0, 0, 0, NULL, block_kinds},
    B2B_END,
};
