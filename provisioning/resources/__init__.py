"""The kinds of objects, in the order in which they are written: what others refer to comes first."""

from provisioning.resources.base import Kind
from provisioning.resources.clients import Clients
from provisioning.resources.flows import Flows
from provisioning.resources.localization import Localization
from provisioning.resources.realm import RealmSettings
from provisioning.resources.record import OwnershipRecord
from provisioning.resources.required_actions import RequiredActions
from provisioning.resources.roles import ClientRoles, Composites, RealmRoles
from provisioning.resources.service_accounts import ServiceAccounts
from provisioning.resources.user_profile import UserProfile

_OBJECTS: tuple[Kind, ...] = (
    Flows(),
    RequiredActions(),
    RealmSettings(),  # binds flows
    UserProfile(),
    Localization(),
    RealmRoles(),
    Clients(),
    ClientRoles(),
    Composites(),
    ServiceAccounts(),
)
KINDS: tuple[Kind, ...] = (*_OBJECTS, OwnershipRecord(_OBJECTS))
