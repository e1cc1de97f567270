/* SPDX-License-Identifier: Apache-2.0 */
/* What a dashboard's page may be made of. */

#include "private.h"

#include <string.h>

#include "resources.h"

static const char *const widget_types[] = {"rich_text", "link", "image", NULL};

#define WIDGET_MEMBERS                                                                             \
    B2B_WORD("type", B2B_RULE_REQUIRED, widget_types),                                             \
    {                                                                                              \
        "width", B2B_RULE_INTEGER, B2B_RULE_REQUIRED, 1, 12, NULL, NULL                            \
    }

static const b2b_rule_t rich_text_members[] = {
    WIDGET_MEMBERS,
    B2B_ARRAY("blocks", B2B_RULE_REQUIRED, 0, 200, b2b_rich_text_items),
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

static const b2b_rule_t widget_kinds[] = {
    B2B_OBJECT("rich_text", 0, rich_text_members),
    B2B_OBJECT("link", 0, link_members),
    B2B_OBJECT("image", 0, image_members),
    B2B_END,
};

const b2b_rule_t b2b_widget_items[] = {
    {"", B2B_RULE_KIND, 0, 0, 0, NULL, widget_kinds},
    B2B_END,
};

apr_array_header_t *b2b_widgets_images(const b2b_json_t *widgets, apr_pool_t *pool)
{
    apr_array_header_t *images = apr_array_make(pool, 4, sizeof(const char *));
    apr_size_t i;

    for (i = 0; i < b2b_json_length(widgets); i++) {
        const b2b_json_t *widget = b2b_json_at(widgets, i);
        const char *type = b2b_json_get_string(widget, "type");

        if (type && !strcmp(type, "image")) {
            APR_ARRAY_PUSH(images, const char *) = b2b_json_get_string(widget, "file");
        }
    }
    return images;
}
