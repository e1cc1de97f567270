# SPDX-License-Identifier: Apache-2.0
"""Who may what with shared processes and instances, written from product.md (S5 to S9, S16) and not from the C code.

A scene is people_model.py's with what the host and the partners have: shares with their revisions, grants, bound names, groups,
processes, and one instance. As there, an answer is (granted, reasons).
"""
import people_model as model
from people_model import ADMINISTRATOR, AUDITOR, DESIGNER, MANAGER, after, known


def member(scene):
    """model.member, asked once a scene: it does not depend on what is asked about."""
    if 'member' not in scene:
        scene['member'] = model.member(scene)
    return scene['member']


def host_user(scene):
    if 'host_user' not in scene:
        scene['host_user'] = model.host_user(scene)
    return scene['host_user']


# What a partner holds --------------------------------------------------------------------------------------------------

def revision(scene, partner, share):
    """S8: the revision last sent to the partner; nothing before the first, nothing of a deleted share (S16)."""
    there = scene['shares'].get(share)
    if there is None or there['deleted']:
        return None
    return there['revisions'].get(scene['grants'].get((partner, share), 0))


def shared(scene, partner, share, process):
    """The properties of the process in what the partner holds, or None."""
    held = revision(scene, partner, share)
    if held is None or process not in held or scene['processes'][process]['deleted']:
        return None
    return held[process]


def creators(scene, share, properties):
    """S5, S6: everyone is a flag; a name counts as the group it was bound to, while that group is there."""
    principal = scene['principal']
    if properties['everyone']:
        return True, {'everyone'}
    bound = {scene['bound'].get((principal['partner'], share, name)) for name in properties['names']}
    groups = {group for group in bound if group is not None and not scene['groups'][group]}
    if not groups:
        return False, {'no-group-left'}
    if groups & mine(scene):
        return True, {'in-group'}
    return False, {'not-a-creator'}


def mine(scene):
    """The principal's groups, those that are there."""
    return {group for group in scene['principal']['memberships'] if not scene['groups'][group]}


# Process security (K62) ------------------------------------------------------------------------------------------------

# What each mode keeps for its users: starting one, working on one, seeing others', seeing own ones.
KEPT = {'off': set(), 'others_view': {'create', 'work'}, 'assigned': {'create', 'view'},
        'only': {'create', 'work', 'view', 'own'}}


def security_of(scene, wanted, process):
    """What the version says that the member's partner holds (a process that it does not hold is refused before)."""
    partner = scene['principal']['partner']
    properties = shared(scene, partner, wanted, process)
    return scene['processes'][process]['security'][properties['version']], {
        scene['bound'].get((partner, wanted, name))
        for name in scene['processes'][process]['security'][properties['version']]['names']}


def security_user(scene, security, bound=()):
    """Whoever is named; nobody is where the mode is a word that does not exist."""
    principal = scene['principal']
    if security['mode'] not in KEPT:
        return False
    if principal['kind'] == 'member':
        return security['partner'] or bool({group for group in bound if group is not None} & mine(scene))
    return principal['id'] in security['users'] or bool(set(security['groups']) & mine(scene))


def kept(scene, what, security, bound=()):
    """Is WHAT kept from the principal?"""
    return what in KEPT.get(security['mode'], KEPT['only']) and not security_user(scene, security, bound)


def narrowed(scene, what, wanted, process, answer):
    """ANSWER, unless it is yes and security keeps it from them: it narrows only."""
    if answer[0] and kept(scene, what, *security_of(scene, wanted, process)):
        return False, {'not-a-security-user'}
    return answer


# Shares and processes --------------------------------------------------------------------------------------------------

def share(scene, wanted):
    principal = scene['principal']
    return after(member(scene), principal and revision(scene, principal['partner'], wanted) is not None,
                 'shared', 'not-shared')


def ours(scene, wanted, process, holder):
    """What the member's partner holds; what another HOLDER holds is nothing to them (S7)."""
    partner = scene['principal']['partner']
    return shared(scene, partner, wanted, process) if holder in (None, partner) else None


def opening(scene, wanted, process, holder=None):
    """S9: the partner's people, or the creators only, where the switch is on."""
    first = member(scene)
    if not first[0]:
        return first
    properties = ours(scene, wanted, process, holder)
    if properties is None:
        return False, {'not-shared'}
    return narrowed(scene, 'own', wanted, process,
                    creators(scene, wanted, properties) if properties['creators_only'] else (True, {'shared'}))


def creating(scene, wanted, process, holder=None):
    """S9: the share allows it, and the creator groups are everyone or contain the member."""
    first = member(scene)
    if not first[0]:
        return first
    properties = ours(scene, wanted, process, holder)
    if properties is None:
        return False, {'not-shared'}
    return narrowed(scene, 'create', wanted, process,
                    creators(scene, wanted, properties) if properties['create'] else (False, {'creation-not-allowed'}))


def waits(scene, wanted, process, holder=None):
    """Those that they own wait for them, if they may work on them at all."""
    return bool(listing(scene, wanted, process, holder)[0]
                and not kept(scene, 'work', *security_of(scene, wanted, process))), {''}


def listing(scene, wanted, process, holder=None):
    """S9: "only forms that one may see make an instance appear in one's list; the creator always sees own instances".
    Asked of two instances that there might be: a stranger's, of which nobody here owns anything, and an own one."""
    if not member(scene)[0] or ours(scene, wanted, process, holder) is None:
        return False, {'none'}
    principal = scene['principal']
    other = {'portal': principal['portal'], 'partner': principal['partner'], 'share': wanted, 'process': process,
             'creator': ('member', 'a stranger'), 'current': {0}, 'forms': 1, 'completed': False, 'deleted': False,
             'owners': [(0, 'member', 'a stranger')], 'actions': [], 'fits': True}
    if reading({**scene, 'instance': other})[0]:
        return True, {'all'}
    return (True, {'own'}) if reading({**scene, 'instance': {**other, 'creator': ('member', principal['id'])}})[0] else (
        False, {'none'})


def created(scene):
    """Did the principal make the instance? Members and host users are two kinds (S3), whatever their ids."""
    principal = scene['principal']
    return scene['instance']['creator'] == ('member' if principal['kind'] == 'member' else 'host_user', principal['id'])


# Instances, for members ------------------------------------------------------------------------------------------------

def owned(scene):
    """The forms of the instance that the principal owns: itself, by a group that is there, or by its partner."""
    principal, instance = scene['principal'], scene['instance']
    found = set()
    for form, kind, who in instance['owners']:
        if principal['kind'] == 'member':
            is_mine = ((kind == 'member' and who == principal['id']) or (kind == 'partner' and who == principal['partner'])
                       or (kind == 'group' and who in mine(scene)))
        else:
            is_mine = (kind == 'host_user' and who == principal['id']) or (
                kind == 'host_group' and who in mine(scene))
        if is_mine and 0 <= form < instance['forms']:
            found.add(form)
    return found


def properties_of(scene):
    """What the member's partner holds of the instance's share and process, if it is the partner's instance (S7)."""
    principal, instance = scene['principal'], scene['instance']
    if instance is None or not instance['fits'] or (instance['portal'], instance['partner']) != (
            principal['portal'], principal['partner']):
        return None
    return shared(scene, principal['partner'], instance['share'], instance['process'])


def reading(scene):
    first = member(scene)
    if not first[0]:
        return first
    principal, instance = scene['principal'], scene['instance']
    properties = properties_of(scene)
    if properties is None:
        return False, {'not-shared'}
    if instance['deleted']:
        return False, {'deleted'}
    secured = security_of(scene, instance['share'], instance['process'])
    if kept(scene, 'own', *secured):
        return False, {'not-a-security-user'}
    why = set()
    if created(scene):
        why.add('creator')
    if owned(scene):
        why.add('owner')
    if properties['visibility'] == 'all':
        may = opening(scene, instance['share'], instance['process'])
        if may[0] and kept(scene, 'view', *secured):
            may = False, {'not-a-security-user'}
        if may[0]:
            why.add('all-forms')
        return (True, why) if why else may
    return (True, why) if why else (False, {'not-an-owner'})


def form_reading(scene, form):
    """S9: Assigned: forms owned by the member, their groups, their partner; and the creator's own beginning."""
    first = reading(scene)
    if not first[0]:
        return first
    instance, why = scene['instance'], set()
    if not 0 <= form < instance['forms']:
        return False, {'not-an-owner'}
    if form in owned(scene):
        why.add('owner')
    if properties_of(scene)['visibility'] == 'all':
        why.add('all-forms')
    if form == 0 and created(scene):
        why.add('creator')
    return (True, why) if why else (False, {'not-an-owner'})


def current(scene, form):
    """Of the forms that are current, one or those of a step; of a completed instance there is none."""
    instance = scene['instance']
    return not instance['completed'] and form in instance['current'] and 0 <= form < instance['forms']


# Actions of forms (K41) ------------------------------------------------------------------------------------------------

def named(scene, action):
    """Those whom it names: the partner's people, a group to which a name is bound, host users and groups."""
    principal = scene['principal']
    if principal['kind'] == 'member':
        bound = {scene['bound'].get((principal['partner'], scene['instance']['share'], name)) for name in action['names']}
        return action['partner'] or bool({group for group in bound if group is not None} & mine(scene))
    return principal['id'] in action['users'] or bool(set(action['groups']) & mine(scene))


def given(scene, action):
    """Is it theirs to take, of the form that has the turn? Nobody named is nobody, a word that there is not is nothing."""
    instance = scene['instance']
    if action is None or not current(scene, action['form']):
        return False
    if action['kind'] == 'go_to':
        if not 0 <= action['to'] < action['form']:
            return False
    elif action['kind'] not in ('edit', 'reassign'):
        return False
    return (action['form_owners'] and action['form'] in owned(scene)) or named(scene, action)


def given_any(scene, kind, form):
    """By an action of KIND and FORM; of members only those who see the form (who sees an instance on the console sees all of it)."""
    if not any(action['kind'] == kind and action['form'] == form and given(scene, action) for action in scene['instance']['actions']):
        return False
    return scene['principal']['kind'] != 'member' or form_reading(scene, form)[0]


def acting(scene, number):
    """The member takes the action of this number, if there is one."""
    first = reading(scene)
    if not first[0]:
        return first
    instance, why = scene['instance'], set()
    if not 0 <= number < len(instance['actions']):
        why.add('not-given')
    elif not current(scene, instance['actions'][number]['form']):
        why.add('not-the-current-form')
    elif not given(scene, instance['actions'][number]):
        why.add('not-given')
    if instance['completed']:
        why.add('completed')
    if 0 <= number < len(instance['actions']):
        form = form_reading(scene, instance['actions'][number]['form'])
        why |= set() if form[0] else form[1]
    if kept(scene, 'work', *security_of(scene, instance['share'], instance['process'])):
        why.add('not-a-security-user')
    return (not why, why or {'action'})


def host_acting(scene, number):
    """The host user does, who sees the instance: because the action names them, never because of a role."""
    first = hosting(scene, 0)
    if not first[0]:
        return first
    instance, why = scene['instance'], set()
    if instance['completed']:
        why.add('completed')
    if not 0 <= number < len(instance['actions']):
        why.add('not-given')
    elif not current(scene, instance['actions'][number]['form']):
        why.add('not-the-current-form')
    elif not given(scene, instance['actions'][number]):
        why.add('not-given')
    if kept(scene, 'work', scene['asked_security']):
        why.add('not-a-security-user')
    return (not why, why or {'action'})


def form_editing(scene, form):
    """S9: the owners of a current form (the creator of a first form that names nobody is one), and who sees it and is
    given an action of the kind edit."""
    first = reading(scene)
    if not first[0]:
        return first
    instance, why = scene['instance'], set()
    if instance['completed']:
        why.add('completed')
    if not current(scene, form):
        why.add('not-the-current-form')
    if form not in owned(scene) and not given_any(scene, 'edit', form):
        why.add('not-an-owner')
    if kept(scene, 'work', *security_of(scene, instance['share'], instance['process'])):
        why.add('not-a-security-user')
    return (not why, why or ({'owner'} if form in owned(scene) else {'action'}))


def commenting(scene):
    """Who sees it, as far as security lets them work on it."""
    instance = scene['instance']
    first = reading(scene)
    return narrowed(scene, 'work', instance['share'], instance['process'], first) if first[0] else first


def deleting(scene):
    """S9: the share allows it and the process's own rule."""
    first = reading(scene)
    if not first[0]:
        return first
    instance = scene['instance']
    rule, why = scene['processes'][instance['process']]['rule'], set()
    if not properties_of(scene)['delete']:
        why.add('deletion-not-shared')
    allowed = {'anyone': 'anyone'}
    if created(scene):
        allowed['creator'] = 'creator'
    if any(current(scene, form) for form in owned(scene)):
        allowed['form_owner'] = 'owner'
    secured = security_of(scene, instance['share'], instance['process'])
    if security_user(scene, *secured):
        allowed['security_users'] = 'security-user'
    if kept(scene, 'work', *secured):
        why.add('not-a-security-user')
    if rule not in allowed:
        why.add('deletion-rule')
    return (False, why) if why else (True, {allowed[rule]})


def reassigning(scene, form):
    first = reading(scene)
    if not first[0]:
        return first
    instance = scene['instance']
    return narrowed(scene, 'work', instance['share'], instance['process'], current_form(scene, form))


def current_form(scene, form, others=(), security=None, kind='reassign'):
    """An owner of FORM, a current one, or who is given an action of KIND of it, as far as SECURITY leaves it, or one of OTHERS,
    reasons that hold as well."""
    instance, why = scene['instance'], set(others)
    if instance['completed']:
        return False, {'completed'}
    if not current(scene, form):
        return False, {'not-the-current-form'}
    by = 'owner' if form in owned(scene) else 'action' if given_any(scene, kind, form) and (
        principal_is_member(scene) or hosting(scene, 0)[0]) else None
    if by:
        if security and kept(scene, 'work', security):
            return (True, why) if why else (False, {'not-a-security-user'})
        why.add(by)
    return (True, why) if why else (False, {'not-an-owner'})


def principal_is_member(scene):
    return scene['principal']['kind'] == 'member'


def owning(scene, form):
    principal, instance = scene['principal'], scene['instance']
    return bool(principal and instance and form in owned(scene)), {''}


# The host's side -------------------------------------------------------------------------------------------------------

def administers(scene):
    """A process's administrators, by name or by a host group."""
    principal = scene['principal']
    if scene['instance'] is None:
        named = scene['asked_administrators']
    else:
        named = scene['processes'][scene['instance']['process']]['administrators']
    return principal['kind'] == 'host' and any(
        (kind == 'host_user' and who == principal['id']) or (kind == 'host_group' and who in mine(scene))
        for kind, who in named)


def process(scene, write):
    """People: designers design; administrators do everything; partner managers and auditors may look."""
    first = host_user(scene)
    if not first[0]:
        return first
    why = set()
    if known(scene['principal']['roles'], {ADMINISTRATOR, DESIGNER} | (set() if write else {MANAGER, AUDITOR})):
        why.add('host-role')
    if administers(scene):
        why.add('process-administrator')
    return (True, why) if why else (False, {'no-right'})


def starting(scene, portal, partner, held, openers):
    """What a host user may start for a partner: administrators and partner managers, who administers the process, and whom
    the first form names; of what the partner holds, while portal and partner are there; narrowed by security."""
    first = host_user(scene)
    if not first[0]:
        return first
    if not held:
        return False, {'not-shared'}
    principal, why = scene['principal'], set()
    if known(principal['roles'], {ADMINISTRATOR, MANAGER}):
        why.add('host-role')
    if administers(scene):
        why.add('process-administrator')
    if any((kind == 'host_user' and who == principal['id']) or (kind == 'host_group' and who in mine(scene))
           for kind, who in openers):
        why.add('owner')
    if not why:
        return False, {'not-a-starter'}
    if kept(scene, 'create', scene['asked_security']):
        return False, {'not-a-security-user'}
    if portal and partner:
        return True, why
    return False, ({'portal-not-active'} if not portal else set()) | ({'partner-not-active'} if not partner else set())


def hosting(scene, act, form=-1):
    """What a host user may do with an instance: act is 0 read, 1 edit, 2 delete, 3 reassign, 4 comment; 1 and 3 are about
    FORM. The
    creator always sees own instances, and deletes them where the rule is the creator (S9); what the share lets a partner
    delete is about the partner. Security narrows owners of forms and creators; roles and the administrators of the process are above it."""
    first = host_user(scene)
    if not first[0]:
        return first
    instance = scene['instance']
    if instance is None:
        return False, {'no-right'}
    if instance['deleted']:
        return False, {'deleted'}
    roles, why = scene['principal']['roles'], set()
    may = {0: {ADMINISTRATOR, MANAGER, AUDITOR}, 1: set(), 2: {ADMINISTRATOR}, 3: {ADMINISTRATOR},
           4: {ADMINISTRATOR, MANAGER}}.get(act)
    if may is None:
        return False, {'no-right'}
    if known(roles, may):
        why.add('host-role')
    if act != 1 and administers(scene):
        why.add('process-administrator')
    if act in (1, 3):
        return current_form(scene, form, why, scene['asked_security'], 'edit' if act == 1 else 'reassign')
    own = {'creator'} if created(scene) else set()
    if act == 2 and scene['processes'][instance['process']]['rule'] != 'creator':
        own = set()
    if act != 2 and owned(scene):
        own.add('owner')
    if own:
        if not kept(scene, 'own' if act == 0 else 'work', scene['asked_security']):
            why |= own
        elif not why:
            return False, {'not-a-security-user'}
    return (True, why) if why else (False, {'deletion-rule' if act == 2 else 'no-right'})
