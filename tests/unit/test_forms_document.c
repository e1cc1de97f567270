/* SPDX-License-Identifier: Apache-2.0 */
/* forms/document_check: what is refused of a document, with its place. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "documents.h"

#define ID             "0193a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b"
#define BACK(to, more) "{'name':'back','title':'Back','kind':'go_to','form':'" to "'" more "}"
#define NUMBERED(name) "{'name':'" name "','title':'N','kind':'edit'},"
#define COUNT(array)   ((int)(sizeof(array) / sizeof((array)[0])))

static b2b_error_t *check(b2b_json_t **normal, const b2b_json_t *json)
{
    apr_array_header_t *images;

    return b2b_document_check(normal, &images, json, test_pool);
}

#define F(n)       "forms/0/fields/" #n
#define REVIEW     "forms/1/fields/0"
#define TERM(text) "{'field':'subject','is':'equals','value':" text "}"
#define S10        "0123456789"
#define S50        S10 S10 S10 S10 S10
#define S200       S50 S50 S50 S50

/* The document with VALUE (NULL: nothing) at PATH is refused for PLACE alone, or (NULL) taken. */
static const struct {
    const char *path, *value, *place;
} changes[] = {
    /* the document */
    {"title", NULL, "title"},
    {"title", "''", "title"},
    {"title", "'  '", "title"},
    {"title", "7", "title"},
    {"title", "'a\\nb'", "title"},
    {"title", "'" S200 "'", NULL},
    {"title", "'" S200 "x'", "title"},
    {"titel", "'x'", "titel"},
    {"description", "'a\\nb'", NULL},
    {"description", "null", "description"},
    {"description", "'" S200 S200 S200 S200 S200 S200 S200 S200 S200 S200 "'", NULL},
    {"description", "'" S200 S200 S200 S200 S200 S200 S200 S200 S200 S200 "x'", "description"},
    {"delete_rule", "'form_owner'", NULL},
    {"delete_rule", "'nobody'", "delete_rule"},
    {"delete_rule", "'security_users'", NULL},
    {"notify_assignment", "'yes'", "notify_assignment"},
    /* process security */
    {"security", "{}", NULL},
    {"security", "null", "security"},
    {"security", "'off'", "security"},
    {"security", "{'mode':'off'}", NULL},
    {"security", "{'mode':'others_view'}", NULL}, /* without users: nobody */
    {"security", "{'mode':'assigned','users':{}}", NULL},
    {"security", "{'mode':'only','users':{'partner':true,'host_users':['" ID "']}}", NULL},
    {"security", "{'mode':'Only'}", "security/mode"},
    {"security", "{'mode':''}", "security/mode"},
    {"security", "{'mode':null}", "security/mode"},
    {"security", "{'modes':'off'}", "security/modes"},
    {"security", "{'users':[]}", "security/users"},
    {"security", "{'users':{'creator':true}}", "security/users/creator"},
    {"security", "{'users':{'partner':1}}", "security/users/partner"},
    {"security", "{'users':{'partner_groups':['Sales','Quality']}}", NULL},
    {"security", "{'users':{'partner_groups':['Sales','sales']}}",
     "security/users/partner_groups/1"},
    {"security", "{'users':{'partner_groups':['']}}", "security/users/partner_groups/0"},
    {"security", "{'users':{'host_users':['anna']}}", "security/users/host_users/0"},
    {"security", "{'users':{'host_users':['" ID "','" ID "']}}", "security/users/host_users/1"},
    {"security", "{'users':{'host_groups':[7]}}", "security/users/host_groups/0"},
    {"forms", NULL, "forms"},
    {"forms", "[]", "forms"},
    {"forms", "{}", "forms"},
    {"forms", "{'x':1}", "forms"},
    {"forms", "[7]", "forms/0"},
    {"forms", "'x'", "forms"},
    /* the reference's pattern */
    {"reference_pattern", "'C-[number]'", NULL},
    {"reference_pattern", "'[name]/[number:4]/[subject]'", NULL},
    {"reference_pattern", "''", "reference_pattern"},
    {"reference_pattern", "'[name]'", "reference_pattern"},
    {"reference_pattern", "'[number][number]'", "reference_pattern"},
    {"reference_pattern", "'[number'", "reference_pattern"},
    {"reference_pattern", "'number]'", "reference_pattern"},
    {"reference_pattern", "'[number:0]'", "reference_pattern"},
    {"reference_pattern", "'[number:10]'", "reference_pattern"},
    {"reference_pattern", "'[]-[number]'", "reference_pattern"},
    {"reference_pattern", "'[Number]'", "reference_pattern"},
    {"reference_pattern", "'[number]-[nothing]'", "reference_pattern"},
    {"reference_pattern", "'[number]-[kind]'", "reference_pattern"},    /* not indexed */
    {"reference_pattern", "'[number]-[photos]'", "reference_pattern"},  /* no such type */
    {"reference_pattern", "'[number]-[verdict]'", "reference_pattern"}, /* of a later form */
    {"reference_pattern", "'[number]" S50 S50 "'", "reference_pattern"},
    /* forms */
    {"forms/0/name", "'Report'", "forms/0/name"},
    {"forms/0/name", "'1st'", "forms/0/name"},
    {"forms/0/name", "'a-b'", "forms/0/name"},
    {"forms/0/name", "'a123456789012345678901234567890123456789'", NULL},
    {"forms/0/name", "'a1234567890123456789012345678901234567890'", "forms/0/name"},
    {"forms/1/name", "'report'", "forms/1/name"},
    {"forms/0/title", NULL, "forms/0/title"},
    {"forms/0/colour", "1", "forms/0/colour"},
    {"forms/0/fields", NULL, "forms/0/fields/?"},
    {"forms/0/fields", "{}", "forms/0/fields/?"},
    /* steps */
    {"forms/0/opens_with_previous", "false", NULL},
    {"forms/0/opens_with_previous", "true", "forms/0/opens_with_previous"},
    {"forms/1/opens_with_previous", "'yes'", "forms/1/opens_with_previous"},
    {"forms/1/opens_with_previous", "false", NULL},
    {"submit", "'open_forms'", NULL},
    {"submit", "'form'", NULL},
    {"submit", "'all'", "submit"},
    /* owners */
    {"forms/0/owners",
     "{'creator':true,'partner':true,'partner_groups':['Quality'],'host_users':['" ID
     "'],'host_groups':['" ID "'],'field':null}",
     NULL},
    {"forms/0/owners", "{}", NULL},
    {"forms/0/owners", "null", "forms/0/owners"},
    {"forms/1/owners", "{'field':'helper'}", NULL},
    {"forms/1/owners", NULL, "forms/1/owners"},
    {"forms/1/owners", "{}", "forms/1/owners"},
    {"forms/1/owners", "{'partner':false,'partner_groups':[]}", "forms/1/owners"},
    {"forms/1/owners", "{'field':'subject'}", "forms/1/owners/field"},
    {"forms/1/owners", "{'field':'nothing'}", "forms/1/owners/field"},
    {"forms/0/owners", "{'field':'helper'}", "forms/0/owners/field"},
    {"forms/1/owners", "{'everyone':true}", "forms/1/owners/everyone"},
    {"forms/1/owners", "{'partner':'yes'}", "forms/1/owners/partner"},
    {"forms/1/owners", "{'partner_groups':['Quality','quality']}",
     "forms/1/owners/partner_groups/1"},
    {"forms/1/owners", "{'partner_groups':['']}", "forms/1/owners/partner_groups/0"},
    {"forms/1/owners",
     "{'partner_groups':['a','b','c','d','e','f','g','h','i','j','k','l','m','n','o','p',"
     "'q','r','s','t','u']}",
     "forms/1/owners/partner_groups"},
    {"forms/1/owners", "{'host_users':['anna']}", "forms/1/owners/host_users/0"},
    {"forms/1/owners", "{'host_users':['" ID "','" ID "']}", "forms/1/owners/host_users/1"},
    {"forms/1/owners", "{'host_groups':[7]}", "forms/1/owners/host_groups/0"},

    /* actions */
    {"forms/1/actions",
     "[{'name':'back','title':'Send back','kind':'go_to','form':'report','form_owners':true,"
     "'comment':'required','granted_to':{'partner':true,'partner_groups':['Quality'],'host_users':"
     "['" ID "'],'host_groups':['" ID "']}},{'name':'edit','title':'Edit','kind':'edit'},"
     "{'name':'pass','title':'Pass on','kind':'reassign','form':null,'comment':'none'}]",
     NULL},
    {"forms/1/actions", "[]", NULL},
    {"forms/1/actions", "{}", "forms/1/actions"},
    {"forms/0/actions", "[" BACK("report", "") "]", "forms/0/actions/0/form"},
    {"forms/0/actions", "[" BACK("review", "") "]", "forms/0/actions/0/form"},
    {"forms/1/actions", "[" BACK("review", "") "]", "forms/1/actions/0/form"},
    {"forms/1/actions", "[" BACK("nothing", "") "]", "forms/1/actions/0/form"},
    {"forms/1/actions", "[{'name':'back','title':'Back','kind':'go_to'}]",
     "forms/1/actions/0/form"},
    {"forms/1/actions", "[" BACK("report", "") "," BACK("report", "") "]",
     "forms/1/actions/1/name"},
    {"forms/1/actions", "[{'name':'Back','title':'Back','kind':'edit'}]", "forms/1/actions/0/name"},
    {"forms/1/actions", "[{'title':'Back','kind':'edit'}]", "forms/1/actions/0/name"},
    {"forms/1/actions", "[{'name':'back','kind':'edit'}]", "forms/1/actions/0/title"},
    {"forms/1/actions", "[{'name':'back','title':'','kind':'edit'}]", "forms/1/actions/0/title"},
    {"forms/1/actions", "[{'name':'back','title':'Back'}]", "forms/1/actions/0/kind"},
    {"forms/1/actions", "[{'name':'back','title':'Back','kind':'delete'}]",
     "forms/1/actions/0/kind"},
    {"forms/1/actions", "[{'name':'back','title':'Back','kind':'edit','form':'report'}]",
     "forms/1/actions/0/form"},
    {"forms/1/actions", "[{'name':'back','title':'Back','kind':'edit','comment':'required'}]",
     "forms/1/actions/0/comment"},
    {"forms/1/actions", "[" BACK("report", ",'comment':'often'") "]", "forms/1/actions/0/comment"},
    {"forms/1/actions", "[" BACK("report", ",'form_owners':1") "]",
     "forms/1/actions/0/form_owners"},
    {"forms/1/actions", "[" BACK("report", ",'owners':{}") "]", "forms/1/actions/0/owners"},
    {"forms/1/actions", "[" BACK("report", ",'granted_to':{'creator':true}") "]",
     "forms/1/actions/0/granted_to/creator"},
    {"forms/1/actions", "[" BACK("report", ",'granted_to':{'host_users':['anna']}") "]",
     "forms/1/actions/0/granted_to/host_users/0"},
    {"forms/1/actions", "[" BACK("report", ",'granted_to':{'partner_groups':['A','a']}") "]",
     "forms/1/actions/0/granted_to/partner_groups/1"},
    {"forms/1/actions",
     "[" NUMBERED("a") NUMBERED("b") NUMBERED("c") NUMBERED("d") NUMBERED("e") NUMBERED("f")
         NUMBERED("g") NUMBERED("h") NUMBERED("i") "{'name':'j','title':'J','kind':'edit'}]",
     NULL},
    {"forms/1/actions",
     "[" NUMBERED("a") NUMBERED("b") NUMBERED("c") NUMBERED("d") NUMBERED("e") NUMBERED("f")
         NUMBERED("g") NUMBERED("h") NUMBERED("i")
             NUMBERED("j") "{'name':'k','title':'K','kind':'edit'}]",
     "forms/1/actions"},
    /* what all fields have */
    {F(4) "/name", NULL, F(4) "/name"},
    {F(4) "/name", "7", F(4) "/name"},
    {F(4) "/name", "'Due'", F(4) "/name"},
    {F(4) "/name", "'_due'", F(4) "/name"},
    {F(4) "/name", "'subject'", F(4) "/name"},
    {F(4) "/name", "'verdict'", "forms/1/fields/0/name"},
    {F(4) "/name", "'status'", F(4) "/name"},
    {F(4) "/name", "'number'", F(4) "/name"},
    {F(4) "/name", "'name'", F(4) "/name"},
    {F(4) "/title", NULL, F(4) "/title"},
    {F(4) "/type", NULL, F(4) "/type"},
    {F(4) "/type", "'time'", F(4) "/type"},
    {F(4) "/type", "7", F(4) "/type"},
    {F(4) "/width", "1", NULL},
    {F(4) "/width", "0", F(4) "/width"},
    {F(4) "/width", "13", F(4) "/width"},
    {F(4) "/width", "6.5", F(4) "/width"},
    {F(4) "/help", "'" S200 S200 S50 S50 "'", NULL},
    {F(4) "/help", "'" S200 S200 S50 S50 "x'", F(4) "/help"},
    {F(4) "/required", "'yes'", F(4) "/required"},
    {F(4) "/required", "null", F(4) "/required"},
    {F(4) "/hidden", "true", F(4) "/hidden"},
    {F(4) "/min_length", "1", F(4) "/min_length"}, /* another type's */
    {F(4) "/indexed", "true", NULL},
    {F(7) "/indexed", "true", F(7) "/indexed"},
    {F(8) "/indexed", "true", F(8) "/indexed"},
    {F(9) "/indexed", "true", F(9) "/indexed"},
    {F(10) "/required", "true", F(10) "/required"},
    {F(10) "/default", "'x'", F(10) "/default"},
    {F(10) "/title", "''", NULL},
    {F(4) "/read_only", "true", NULL},
    {F(0) "/read_only", "true", F(0) "/required"}, /* required, and nobody could fill it in */
    /* text */
    {F(0) "/max_length", "20000", NULL},
    {F(0) "/max_length", "20001", F(0) "/max_length"},
    {F(0) "/max_length", "0", F(0) "/max_length"},
    {F(0) "/min_length", "200", NULL},
    {F(0) "/min_length", "201", F(0) "/min_length"},
    {F(0) "/min_length", "-1", F(0) "/min_length"},
    {F(0) "/pattern", "'[A-Z]{2}'", NULL},
    {F(0) "/pattern", "'(a+)+$'", NULL},
    {F(0) "/pattern", "'(?=a)'", F(0) "/pattern"},
    {F(0) "/pattern", "'a{300}'", F(0) "/pattern"},
    {F(0) "/pattern", "'" S200 S200 S50 S50 "x'", F(0) "/pattern"},
    {F(0) "/default", "'x'", NULL},
    {F(0) "/default", "null", NULL},
    {F(0) "/default", "7", F(0) "/default"},
    {F(0) "/default", "'a\\nb'", F(0) "/default"},
    {F(0) "/default", "'" S200 "x'", F(0) "/default"},
    /* choice */
    {F(1) "/options", NULL, F(1) "/options"},
    {F(1) "/options", "[]", F(1) "/options"},
    {F(1) "/options", "['a']", F(1) "/options/0"},
    {F(1) "/options", "[{'value':'a'}]", F(1) "/options/0/label"},
    {F(1) "/options", "[{'value':'','label':'A'}]", F(1) "/options/0/value"},
    {F(1) "/options", "[{'value':'a','label':'A'},{'value':'a','label':'B'}]",
     F(1) "/options/1/value"},
    {F(1) "/options", "[{'value':'a','label':'A','color':'red'}]", F(1) "/options/0/color"},
    {F(1) "/appearance", "'slider'", F(1) "/appearance"},
    {F(1) "/default", "'a'", NULL},
    {F(1) "/default", "'c'", F(1) "/default"},
    {F(1) "/default", "['a']", F(1) "/default"},
    {F(1) "/max_choices", "1", F(1) "/max_choices"},
    {F(1) "/min_choices", "1", F(1) "/min_choices"},
    {F(2) "/min_choices", "2", NULL},
    {F(2) "/min_choices", "3", F(2) "/min_choices"},
    {F(2) "/max_choices", "0", F(2) "/max_choices"},
    {F(2) "/default", "['y','x']", NULL},
    {F(2) "/default", "'x'", F(2) "/default"},
    {F(2) "/default", "['z']", F(2) "/default"},
    /* number */
    {F(3) "/currency", NULL, F(3) "/currency"},
    {F(3) "/currency", "null", F(3) "/currency"},
    {F(3) "/currency", "'eur'", F(3) "/currency"},
    {F(3) "/currency", "'EURO'", F(3) "/currency"},
    {F(3) "/currency", "'EU'", F(3) "/currency"},
    {F(3) "/format", "'decimal'", F(3) "/currency"},
    {F(3) "/format", "'money'", F(3) "/format"},
    {F(3) "/decimals", "7", F(3) "/decimals"},
    {F(3) "/decimals", "-1", F(3) "/decimals"},
    {F(3) "/min", "0.01", NULL},
    {F(3) "/min", "0.001", F(3) "/min"},
    {F(3) "/min", "'0'", F(3) "/min"},
    {F(3) "/max", "1000000000000", F(3) "/max"},
    {F(3) "/max", "999999999999", NULL},
    {F(3) "/default", "12.5", NULL},
    {F(3) "/default", "12.555", F(3) "/default"},
    {F(3) "/default", "'12.5'", F(3) "/default"},
    {"forms/1/fields/1/format", "'integer'", NULL},
    {"forms/1/fields/1/format", "'percent'", NULL},
    /* dates */
    {F(4) "/min", "'2026-02-28'", NULL},
    {F(4) "/min", "'2026-02-30'", F(4) "/min"},
    {F(4) "/max", "'tomorrow'", F(4) "/max"},
    {F(4) "/min", "20260228", F(4) "/min"},
    {F(4) "/default", "'2026-02-28'", NULL},
    {F(4) "/default", "'2026-02-30'", F(4) "/default"},
    {F(5) "/min", "'2026-02-28T12:00:00Z'", NULL},
    {F(5) "/min", "'2026-02-28'", F(5) "/min"},
    {F(5) "/default", "'2026-02-28T12:00:00'", F(5) "/default"},
    /* toggle */
    {F(6) "/label_on", "'Yes, please'", NULL},
    {F(6) "/label_on", "'" S50 S50 "x'", F(6) "/label_on"},
    {F(6) "/default", "false", NULL},
    {F(6) "/default", "1", F(6) "/default"},
    /* file */
    {F(7) "/max_files", "20", NULL},
    {F(7) "/max_files", "21", F(7) "/max_files"},
    {F(7) "/accept", "['image']", NULL},
    {F(7) "/accept", "[]", F(7) "/accept"},
    {F(7) "/accept", "['exe']", F(7) "/accept/0"},
    {F(7) "/accept", "['pdf','pdf']", F(7) "/accept/1"},
    {F(7) "/default", "['" ID "']", F(7) "/default"},
    {F(7) "/default", "[]", NULL},
    /* table */
    {F(8) "/columns", NULL, F(8) "/columns"},
    {F(8) "/columns", "[]", F(8) "/columns"},
    {F(8) "/columns", "[7]", F(8) "/columns/0"},
    {F(8) "/columns", "[{'name':'a','title':'A','type':'file'}]", F(8) "/columns/0/type"},
    {F(8) "/columns", "[{'name':'a','title':'A','type':'table','columns':[]}]",
     F(8) "/columns/0/type"},
    {F(8) "/columns/0/multiline", "true", F(8) "/columns/0/multiline"},
    {F(8) "/columns/0/shown_when", TERM("'x'"), F(8) "/columns/0/shown_when"},
    {F(8) "/columns/0/pattern", "'('", F(8) "/columns/0/pattern"},
    {F(8) "/columns/0/name", "'count'", F(8) "/columns/1/name"},
    {F(8) "/columns/0/name", "'Part'", F(8) "/columns/0/name"},
    {F(8) "/columns/0/name", "'title'", NULL},
    {F(8) "/columns/0/name", "'subject'", NULL}, /* a column is not a field of the process */
    {F(8) "/columns/1/min", "0.5", F(8) "/columns/1/min"},
    {F(8) "/max_rows", "501", F(8) "/max_rows"},
    {F(8) "/min_rows", "50", NULL},
    {F(8) "/min_rows", "51", F(8) "/min_rows"},
    {F(8) "/default", "[{'part':'a'}]", NULL},
    {F(8) "/default", "[{'part':7}]", F(8) "/default/0/part"},
    {F(8) "/default", "[{'parts':'a'}]", F(8) "/default/0/parts"},
    /* person */
    {F(9) "/from_partner", NULL, F(9) "/from_partner"},
    {F(9) "/host_groups", "['" ID "']", NULL},
    {F(9) "/host_groups", "['x']", F(9) "/host_groups/0"},
    {F(9) "/max_people", "101", F(9) "/max_people"},
    {F(9) "/default", "[{'kind':'member','id':'" ID "'}]", F(9) "/default"},
    /* what only shows something */
    {F(10) "/text", NULL, F(10) "/text"},
    {F(11) "/content", "[{'type':'html','content':[]}]", F(11) "/content/0/type"},
    {F(11) "/content", "[{'type':'paragraph','content':[{'text':'x','link':'javascript:x'}]}]",
     F(11) "/content/0/content/0/link"},
    {F(11) "/content", "'<b>'", F(11) "/content"},
    {F(12) "/file", "'../x'", F(12) "/file"},
    {F(12) "/alt", NULL, F(12) "/alt"},
    {F(13) "/url", "'javascript:alert(1)'", F(13) "/url"},
    {F(13) "/url", "'//evil.example/'", F(13) "/url"},
    {F(13) "/label", NULL, F(13) "/label"},
    /* conditions */
    {REVIEW "/shown_when", "null", NULL},
    {REVIEW "/shown_when", TERM("'x'"), NULL},
    {REVIEW "/shown_when", "7", REVIEW "/shown_when"},
    {REVIEW "/shown_when", "[]", REVIEW "/shown_when"},
    {REVIEW "/shown_when", "{}", REVIEW "/shown_when/field " REVIEW "/shown_when/is"},
    {REVIEW "/shown_when", "{'field':'nothing','is':'empty'}", REVIEW "/shown_when/field"},
    {REVIEW "/shown_when", "{'field':'verdict','is':'empty'}", REVIEW "/shown_when/field"},
    {REVIEW "/required_when", "{'field':'verdict','is':'empty'}", REVIEW "/required_when/field"},
    {REVIEW "/locked_when", "{'field':'verdict','is':'empty'}", REVIEW "/locked_when/field"},
    {REVIEW "/shown_when", "{'field':'h','is':'empty'}", REVIEW "/shown_when/field"},
    {REVIEW "/shown_when", "{'field':'subject','is':'like','value':'x'}", REVIEW "/shown_when/is"},
    {REVIEW "/shown_when", "{'field':'subject','is':'equals'}", REVIEW "/shown_when/value"},
    {REVIEW "/shown_when", "{'field':'subject','is':'empty','value':1}",
     REVIEW "/shown_when/value"},
    {REVIEW "/shown_when", "{'field':'subject','is':'equals','value':'x','or':1}",
     REVIEW "/shown_when/value"},
    {REVIEW "/shown_when", "{'field':'subject','is':'less','value':'x'}", REVIEW "/shown_when/is"},
    {REVIEW "/shown_when", TERM("7"), REVIEW "/shown_when/value"},
    {REVIEW "/shown_when", TERM("''"), REVIEW "/shown_when/value"},
    {REVIEW "/shown_when", TERM("null"), REVIEW "/shown_when/value"},
    {REVIEW "/shown_when", "{'field':'subject','is':'one_of','value':'x'}",
     REVIEW "/shown_when/value"},
    {REVIEW "/shown_when", "{'field':'subject','is':'one_of','value':[]}",
     REVIEW "/shown_when/value"},
    {REVIEW "/shown_when", "{'field':'subject','is':'one_of','value':['a',7]}",
     REVIEW "/shown_when/value/1"},
    {REVIEW "/shown_when", "{'field':'kind','is':'equals','value':'z'}",
     REVIEW "/shown_when/value"},
    {REVIEW "/shown_when", "{'field':'kind','is':'contains','value':'a'}", REVIEW "/shown_when/is"},
    {REVIEW "/shown_when", "{'field':'parts','is':'contains','value':'x'}", NULL},
    {REVIEW "/shown_when", "{'field':'parts','is':'equals','value':'x'}", REVIEW "/shown_when/is"},
    {REVIEW "/shown_when", "{'field':'amount','is':'more','value':100.5}", NULL},
    {REVIEW "/shown_when", "{'field':'amount','is':'more','value':'100'}",
     REVIEW "/shown_when/value"},
    {REVIEW "/shown_when", "{'field':'amount','is':'more','value':1e15}",
     REVIEW "/shown_when/value"},
    {REVIEW "/shown_when", "{'field':'due','is':'less','value':'2026-02-30'}",
     REVIEW "/shown_when/value"},
    {REVIEW "/shown_when", "{'field':'moment','is':'less','value':'2026-02-28'}",
     REVIEW "/shown_when/value"},
    {REVIEW "/shown_when", "{'field':'urgent','is':'equals','value':'true'}",
     REVIEW "/shown_when/value"},
    {REVIEW "/shown_when", "{'field':'urgent','is':'more','value':true}", REVIEW "/shown_when/is"},
    {REVIEW "/shown_when", "{'field':'photos','is':'not_empty'}", NULL},
    {REVIEW "/shown_when", "{'field':'photos','is':'equals','value':'x'}", REVIEW "/shown_when/is"},
    {REVIEW "/shown_when", "{'field':'items','is':'contains','value':'x'}",
     REVIEW "/shown_when/is"},
    {REVIEW "/shown_when", "{'field':'helper','is':'contains','value':'x'}",
     REVIEW "/shown_when/is"},
    {REVIEW "/shown_when", "{'all':[]}", REVIEW "/shown_when/all"},
    {REVIEW "/shown_when", "{'all':{}}", REVIEW "/shown_when/all"},
    {REVIEW "/shown_when", "{'all':[7]}", REVIEW "/shown_when/all/0"},
    {REVIEW "/shown_when", "{'not':[]}", REVIEW "/shown_when/not"},
    {REVIEW "/shown_when", "{'always':1}", REVIEW "/shown_when/always"},
    {REVIEW "/shown_when", "{'always':true,'not':{'always':true}}", REVIEW "/shown_when"},
    {REVIEW "/shown_when", "{'any':[" TERM("'x'") "],'all':[" TERM("'x'") "]}",
     REVIEW "/shown_when"},
    {REVIEW "/shown_when", "{'not':{'not':{'not':{'not':{'always':true}}}}}", NULL},
    {REVIEW "/shown_when", "{'not':{'not':{'not':{'not':{'not':{'always':true}}}}}}",
     REVIEW "/shown_when/not/not/not/not/not"},
    {F(0) "/shown_when", "{'field':'cost','is':'empty'}", F(0) "/shown_when/field"}, /* later */
    {F(10) "/shown_when", "{'field':'cost','is':'empty'}", F(10) "/shown_when/field"},
    {F(10) "/required_when", "{'always':true}", F(10) "/required_when"},
    {F(0) "/shown_when", "{'field':'kind','is':'empty'}",
     NULL}, /* a later field of the same form */
};

START_TEST(change)
{
    b2b_json_t *json = unit_good_document(test_pool), *normal;
    b2b_error_t *err;
    const char *place = changes[_i].place;

    unit_set_at(json, changes[_i].path, changes[_i].value, test_pool);
    err = check(&normal, json);
    if (place && strstr(place, "/?")) {
        /* Without its fields a form is well, but not those that ask for them. */
        ck_assert_msg(err != NULL, "%s = %s", changes[_i].path, changes[_i].value);
        return;
    }
    if (!place) {
        ck_assert_msg(!err, "%s = %s: %s", changes[_i].path, changes[_i].value,
                      err ? b2b_error_text(err, test_pool) : "");
        ck_assert_ptr_nonnull(normal);
        return;
    }
    ck_assert_msg(err != NULL, "%s = %s is taken", changes[_i].path, changes[_i].value);
    ck_assert_ptr_null(normal);
    ck_assert_str_eq(unit_places(err, test_pool), place);
}
END_TEST

/* Two members that are well alone. */
static const struct {
    const char *path, *members, *place;
} pairs[] = {
    {F(3), "{'min':2,'max':1}", F(3) "/min"},
    {F(3), "{'min':2,'max':2}", NULL},
    {F(3), "{'min':2,'default':1}", F(3) "/default"},
    {F(4), "{'min':'2026-02-02','max':'2026-02-01'}", F(4) "/min"},
    {F(4), "{'max':'2026-02-02','default':'2026-02-03'}", F(4) "/default"},
    {F(5), "{'min':'2026-02-02T00:00:00Z','max':'2026-02-01T00:00:00Z'}", F(5) "/min"},
    {F(0), "{'pattern':'a{200}','max_length':20000}", NULL},
    {F(0), "{'pattern':'a{200}b','max_length':20000}", F(0) "/pattern"},
    {F(0), "{'pattern':'(a{200}){3}','multiline':true}", F(0) "/pattern"},
    {F(0), "{'pattern':'(a{200}){3}'}", NULL},
    {F(0), "{'pattern':'a+','default':'b'}", F(0) "/default"},
    {F(0), "{'min_length':3,'default':'ab'}", F(0) "/default"},
    {F(0), "{'min_length':3,'max_length':2}", F(0) "/min_length"},
    {F(0), "{'multiline':true,'max_length':10001}", NULL},
    {F(0), "{'multiline':true,'default':'a\\nb'}", NULL},
    {F(0), "{'read_only':true,'default':'x'}", NULL},
    {F(4), "{'read_only':true,'required_when':{'always':true}}", F(4) "/required_when"},
    {F(6), "{'read_only':true,'required':true,'default':false}", F(6) "/required"},
    {F(6), "{'read_only':true,'required':true,'default':true}", NULL},
    {F(2), "{'min_choices':2,'max_choices':1}", F(2) "/min_choices"},
    {F(2), "{'max_choices':1,'default':['x','y']}", F(2) "/default"},
    {F(8), "{'min_rows':3,'max_rows':2}", F(8) "/min_rows"},
    {F(8), "{'min_rows':2,'default':[{}]}", F(8) "/default"},
    {"forms/1/fields/1", "{'format':'integer','decimals':1}", "forms/1/fields/1/decimals"},
    {"forms/1/fields/1", "{'format':'integer','decimals':0}", NULL},
    {"forms/1/fields/1", "{'format':'decimal','currency':'EUR'}", "forms/1/fields/1/currency"},
    {F(9), "{'multiple':true,'max_people':3}", NULL},
    {F(9), "{'from_partner':false,'host_groups':[]}", F(9) "/from_partner"},
};

static int set_member(void *baton, const char *key, const b2b_json_t *value)
{
    b2b_json_set(baton, key, value);
    return 1;
}

START_TEST(pair)
{
    b2b_json_t *json = unit_good_document(test_pool), *normal;
    int form = pairs[_i].path[6] - '0';
    const b2b_json_t *field = b2b_json_at(b2b_json_get(b2b_json_at(b2b_json_get(json, "forms"),
                                                                   (apr_size_t)form),
                                                       "fields"),
                                          (apr_size_t)atoi(strrchr(pairs[_i].path, '/') + 1));
    b2b_error_t *err;

    b2b_json_each(unit_json(pairs[_i].members, test_pool), set_member, (void *)field);
    err = check(&normal, json);
    ck_assert_str_eq(unit_places(err, test_pool), pairs[_i].place ? pairs[_i].place : "");
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("forms document");
    TCase *tc = unit_case(suite, "document");

    tcase_add_loop_test(tc, change, 0, COUNT(changes));
    tcase_add_loop_test(tc, pair, 0, COUNT(pairs));
    return suite;
}
