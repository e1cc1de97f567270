/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of api/ share. The life of a call: routed, judged, its query, body and
 * preconditions read (router.c); then one handler runs with a connection, inside a transaction
 * where the method is unsafe, and leaves its answer in the call; the connection is given back
 * before the response is made.
 */

#ifndef B2B_API_PRIVATE_H
#define B2B_API_PRIVATE_H

#include "api.h"
#include "base/chance.h"
#include "base/json.h"
#include "base/log.h"
#include "base/rules.h"
#include "base/text.h"

/* Routes --------------------------------------------------------------------------------------- */

typedef struct b2b_call_t b2b_call_t;

typedef b2b_error_t *(*b2b_handler_cb)(b2b_call_t *call);

/** Who may use a route: a right of host users, or one of these. */
#define B2B_MAY_ANYBODY (-1) /* without a session */
#define B2B_MAY_MEMBER  (-2) /* the portal's side: every active member */
#define B2B_MAY_EDITOR  (-3) /* who may write settings, portals or dashboards */
/* The console's side: the handler asks policy/ about the process of the path, whose administrators may, too. */
#define B2B_MAY_READ_PROCESS   (-4)
#define B2B_MAY_CHANGE_PROCESS (-5)
/* On either side: the handler asks policy/ about the instance of the path (instance_seen.h). */
#define B2B_MAY_SEE_INSTANCE     (-11)
#define B2B_MAY_COMMENT_INSTANCE (-12)
#define B2B_MAY_WORK_ON_INSTANCE (-13) /* on its current form */
#define B2B_MAY_ACT_ON_INSTANCE  (-18) /* by an action of its current form */
#define B2B_MAY_TAKE_BACK        (-14) /* what one brought oneself */
#define B2B_MAY_DELETE_INSTANCE  (-15)
/* On either side: it asks about the shared process of the body. */
#define B2B_MAY_START_INSTANCE (-17)
/* On the console's side: the people of the partner of the path, whose instances one may see. */
#define B2B_MAY_FIND_PEOPLE (-16)

#define B2B_ROUTE_WRITE       1 /* runs in a transaction; needs the same origin */
#define B2B_ROUTE_IF_MATCH    2 /* needs If-Match */
#define B2B_ROUTE_IDEMPOTENT  4 /* takes an Idempotency-Key */
#define B2B_ROUTE_RAW         8 /* the body is not JSON: up to B2B_IMAGE_MAX bytes */
#define B2B_ROUTE_NO_DATABASE 16
/*
 * The body goes into a file, up to the site's limit of files. The handler runs twice: before the body is
 * read, with the request's upload NULL, to refuse; and then with it, in a transaction.
 */
#define B2B_ROUTE_STREAM 32

typedef struct {
    const char *method;
    const char *path;      /* below /api/v1, with {names} */
    const char *operation; /* operationId in docs/openapi.yaml */
    b2b_side_e side;
    int may; /* a b2b_right_e or B2B_MAY_… */
    int flags;
    const char *action; /* the word of the audit trail; NULL for reading */
    b2b_handler_cb handler;
    const b2b_rule_t *query; /* NULL: takes no parameters */
    const b2b_rule_t *body;  /* NULL: takes no JSON body */
} b2b_route_t;

extern const b2b_route_t b2b_routes[];
extern const int b2b_route_count;

#define B2B_PATH_VARIABLES 3
#define B2B_IMAGE_MAX      (2 * 1024 * 1024)

struct b2b_call_t {
    const b2b_site_t *site;
    const b2b_request_t *request;
    const b2b_route_t *route;
    const char *variables[B2B_PATH_VARIABLES]; /* of the path, in order, well-formed */
    apr_table_t *query;                        /* by name, checked */
    const b2b_json_t *body;                    /* checked, or NULL */
    apr_int64_t version;                       /* of If-Match; 0 where the route needs none */
    const char *idempotency_key;               /* or NULL */
    b2b_db_conn_t *conn;
    apr_pool_t *pool;
    b2b_portal_t *portal; /* of {portal}, when the path begins with it */
    b2b_json_t *changes;  /* for the audit trail: what b2b_patch_… found; NULL: nothing */

    /* The answer. */
    int status;
    apr_table_t *headers;
    const b2b_json_t *answer; /* or NULL: no body */
    const char *text;         /* instead of ANSWER: bytes with their own Content-Type */
    apr_size_t text_length;
    const char *file;
};

/* call.c --------------------------------------------------------------------------------------- */

/** Set CALL's answer: STATUS with JSON (or NULL). VERSION, if not 0, becomes the ETag. */
void b2b_call_answer(b2b_call_t *call, int status, const b2b_json_t *json, apr_int64_t version);

/** The address, below /api/v1, of what was made. */
void b2b_call_location(b2b_call_t *call, const char *path);

/** The value of the query's NAME, or NULL; as a truth, or OTHERWISE. */
const char *b2b_call_query(const b2b_call_t *call, const char *name);
int b2b_call_query_bool(const b2b_call_t *call, const char *name, int otherwise);

/** The body's member NAME, or NULL. */
const char *b2b_call_text(const b2b_call_t *call, const char *name);

/** Fill in LIST from the query: limit, after, q, sort (else SORT) and every filter that it has. */
b2b_error_t *b2b_call_list(b2b_list_t *list, const b2b_call_t *call, const char *sort);

/** One item of a list as JSON. */
typedef b2b_json_t *(*b2b_item_cb)(b2b_call_t *call, const void *item);

/** Answer with PAGE's items, each as TO_JSON says, and the cursor of the page after. */
void b2b_call_answer_page(b2b_call_t *call, const b2b_list_t *list, const b2b_page_t *page,
                          b2b_item_cb to_json);
void b2b_call_answer_list(b2b_call_t *call, const b2b_list_t *list, const b2b_json_t *data,
                          const char *next_key, const char *next_id);

/**
 * The 404 of a thing of KIND ("member") that is not there or not for this reader: always the same
 * words.
 */
b2b_error_t *b2b_call_not_found(const b2b_call_t *call, const char *kind);
b2b_error_t *b2b_call_conflict(const b2b_call_t *call, const char *type, const char *sentence);

/** Is VERSION what If-Match said? Else B2B_E_STALE. Asked before anything is overlaid. */
b2b_error_t *b2b_call_expect(const b2b_call_t *call, apr_int64_t version);

/** The strings of the JSON ARRAY, or NULL if it is not there. */
apr_array_header_t *b2b_json_strings(const b2b_json_t *array, apr_pool_t *pool);

void b2b_json_set_contact(b2b_json_t *object, const char *name, const char *email,
                          apr_pool_t *pool);
/** Members KEY and KEY_url. */
void b2b_json_set_image(b2b_json_t *object, const char *key, const char *file, apr_pool_t *pool);
/** {"id", "name"}, or null where ID is NULL. */
void b2b_json_set_ref(b2b_json_t *object, const char *key, const char *id, const char *name,
                      apr_pool_t *pool);
void b2b_json_set_reason(b2b_json_t *object, b2b_decision_t decision, apr_pool_t *pool);
b2b_json_t *b2b_issuers_json(const apr_array_header_t *issuers, apr_pool_t *pool);
/** The answer of every …/impact; SENTENCE says it in words. */
void b2b_call_answer_impact(b2b_call_t *call, const char *act, const b2b_impact_t *impact);

/* Acts: overlaying what the body has, and the audit trail (acts.c) ----------------------------- */

/*
 * If the body has NAME: put its value into *VALUE (null is NULL, 0) and remember the change, if it
 * is one.
 */
void b2b_patch_text(b2b_call_t *call, const char *name, const char **value);
void b2b_patch_time(b2b_call_t *call, const char *name, apr_time_t *value);
void b2b_patch_integer(b2b_call_t *call, const char *name, apr_int64_t *value);
void b2b_patch_bool(b2b_call_t *call, const char *name, int *value);
void b2b_patch_contact(b2b_call_t *call, const char **name, const char **email);

/** Remember a change that the caller saw itself; OLD and NEW may be NULL. */
void b2b_change_add(b2b_call_t *call, const char *name, const b2b_json_t *old,
                    const b2b_json_t *new_);
void b2b_change_text(b2b_call_t *call, const char *name, const char *old, const char *new_);

/** Record, in the transaction, that the route's action was done to the object. */
b2b_error_t *b2b_act_done(b2b_call_t *call, const char *kind, const char *id, const char *name);
/** The same for another ACTION than the route's. */
b2b_error_t *b2b_act_record(b2b_call_t *call, const char *action, const char *kind, const char *id,
                            const char *name);
/** The same in the trail of PORTAL_ID: what was done for many portals at once. */
b2b_error_t *b2b_act_record_in(b2b_call_t *call, const char *portal_id, const char *action,
                               const char *kind, const char *id, const char *name);
/**
 * Record the refusal ERR of CALL, if it is one of a right or of a thing: at most one a second and
 * actor.
 */
void b2b_act_refused(b2b_call_t *call, const b2b_error_t *err);

/* Preconditions, repetition (precondition.c, idempotency.c) ------------------------------------ */

const char *b2b_etag(apr_int64_t version, apr_pool_t *pool);
void b2b_json_set_etag(b2b_json_t *object, apr_int64_t version, apr_pool_t *pool);

/** TAG as it was before a filter of httpd packed the answer and marked it. */
const char *b2b_etag_unpacked(const char *tag, apr_pool_t *pool);

/**
 * Read If-Match HEADER: *VERSION, or B2B_E_PRECONDITION, B2B_E_STALE (weak, several or foreign
 * tags).
 */
b2b_error_t *b2b_if_match_parse(apr_int64_t *version, const char *header, apr_pool_t *pool);

/**
 * Set *FOUND and CALL's answer if the key was used with the same request in the last 24 hours;
 * B2B_E_UNPROCESSABLE if with another, B2B_E_NOT_FOUND if what was made then is not to be seen now.
 */
b2b_error_t *b2b_idempotency_replay(int *found, b2b_call_t *call);
b2b_error_t *b2b_idempotency_store(b2b_call_t *call);

/* What resources lend each other --------------------------------------------------------------- */

/* Items of lists: of b2b_member_t, of b2b_host_user_t. */
b2b_json_t *b2b_member_json(b2b_call_t *call, const void *item);
b2b_json_t *b2b_host_user_json(b2b_call_t *call, const void *item);
b2b_json_t *b2b_portal_brand_json(b2b_call_t *call, const b2b_portal_snapshot_t *portal);

/** Queue the mail of INVITATION in PORTAL. */
b2b_error_t *b2b_invitation_mail(b2b_call_t *call, const b2b_portal_t *portal,
                                 const b2b_invitation_t *invitation);

/** What the items of a dashboard's "widgets" must be. */
extern const b2b_rule_t b2b_widget_items[];

/**
 * Do WIDGETS, which are as the rules say, also say what can be asked? The errors' fields begin with "widgets/"; of one
 * WIDGET with AT. Whether a process has such fields is not asked: it may change at any time.
 */
b2b_error_t *b2b_widgets_check(const b2b_json_t *widgets, apr_pool_t *pool);
b2b_error_t *b2b_widget_check(const b2b_json_t *widget, const char *at, apr_pool_t *pool);

/** The files (const char *) that WIDGETS (an array of such items) show. */
apr_array_header_t *b2b_widgets_images(const b2b_json_t *widgets, apr_pool_t *pool);

/** The image's type and size by its content; *TYPE is NULL if it is none that is taken. */
void b2b_image_probe(const char **type, unsigned int *width, unsigned int *height, const char *data,
                     apr_size_t length);

extern const char b2b_contract_etag[];
extern const apr_size_t b2b_contract_length;
extern const unsigned char b2b_contract[];
extern const char b2b_process_schema_etag[];
extern const apr_size_t b2b_process_schema_length;
extern const unsigned char b2b_process_schema[];

/* Rules that many resources need. */
#define B2B_LIMIT                                                                                  \
    {                                                                                              \
        "limit", B2B_RULE_INTEGER, 0, 1, B2B_LIST_MAX, NULL, NULL                                  \
    }
#define B2B_AFTER                                                                                  \
    {                                                                                              \
        "after", B2B_RULE_LINE, 0, 1, 1000, NULL, NULL                                             \
    }
#define B2B_Q                                                                                      \
    {                                                                                              \
        "q", B2B_RULE_LINE, 0, 0, 200, NULL, NULL                                                  \
    }

extern const b2b_rule_t b2b_contact_rules[];
extern const b2b_rule_t b2b_id_items[];
extern const b2b_rule_t b2b_list_query[];   /* limit, after */
extern const b2b_rule_t b2b_search_query[]; /* limit, after, q */

#endif
