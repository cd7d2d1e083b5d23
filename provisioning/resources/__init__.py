"""The kinds of objects, in the order in which they are written: what others refer to comes first."""

from provisioning.resources.admin_permissions import AdminPermissions
from provisioning.resources.authorization import Authorization
from provisioning.resources.base import Kind
from provisioning.resources.client_policies import ClientPolicies, ClientProfiles
from provisioning.resources.client_scopes import ClientScopes
from provisioning.resources.clients import Clients
from provisioning.resources.components import Components
from provisioning.resources.defaults import DefaultGroups, DefaultRoles, DefaultScopes
from provisioning.resources.flows import Flows
from provisioning.resources.groups import Groups
from provisioning.resources.identity_providers import IdentityProviderMappers, IdentityProviders
from provisioning.resources.localization import Localization
from provisioning.resources.organizations import Organizations
from provisioning.resources.realm import RealmSettings
from provisioning.resources.record import OwnershipRecord
from provisioning.resources.required_actions import RequiredActions
from provisioning.resources.roles import ClientRoles, Composites, RealmRoles
from provisioning.resources.scope_mappings import ScopeMappings
from provisioning.resources.service_accounts import ServiceAccounts
from provisioning.resources.user_profile import UserProfile
from provisioning.resources.users import Memberships, Users
from provisioning.resources.workflows import Workflows

_OBJECTS: tuple[Kind, ...] = (
    Flows(),
    RequiredActions(),
    RealmSettings(),  # binds flows
    UserProfile(),
    Localization(),
    Components(),
    IdentityProviders(),  # refer to flows
    IdentityProviderMappers(),
    ClientScopes(),
    DefaultScopes(),
    RealmRoles(),
    Clients(),
    ClientRoles(),
    Composites(),
    DefaultRoles(),
    ScopeMappings(),
    ClientProfiles(),
    ClientPolicies(),
    Groups(),
    DefaultGroups(),
    ServiceAccounts(),
    Users(),
    Memberships(),
    Authorization(),  # policies refer to roles, groups and users
    Organizations(),
    AdminPermissions(),  # are about clients, roles, groups, users and organizations
    Workflows(),
)
KINDS: tuple[Kind, ...] = (*_OBJECTS, OwnershipRecord(_OBJECTS))
BY_NAME = {kind.name: kind for kind in KINDS}
