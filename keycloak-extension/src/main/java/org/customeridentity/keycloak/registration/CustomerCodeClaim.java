package org.customeridentity.keycloak.registration;

import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.customeridentity.keycloak.common.Background;
import org.customeridentity.keycloak.common.Customer;
import org.customeridentity.keycloak.common.FormField;
import org.customeridentity.keycloak.validator.RequestId;
import org.customeridentity.keycloak.validator.ValidatorClient;
import org.customeridentity.keycloak.validator.Verdict;
import org.keycloak.authentication.FormContext;
import org.keycloak.authentication.ValidationContext;
import org.keycloak.forms.login.LoginFormsProvider;
import org.keycloak.http.HttpRequest;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserModel;
import org.keycloak.models.utils.FormMessage;

/**
 * Ties the reserved code to the new user. validate() asks without effect, because Keycloak runs it also when
 * another field is wrong; success() claims inside Keycloak's transaction, so that one code never has two users.
 */
public final class CustomerCodeClaim extends RegistrationAction {

    static final String ID = "customer-code-claim";
    private static final String CHECK = CheckInFlight.class.getName();

    @Override
    public String getId() {
        return ID;
    }

    @Override
    public String getDisplayType() {
        return "Customer code claim";
    }

    @Override
    public String getHelpText() {
        return "Has the validator check the codice fiscale against the customer's record and ties the code to the "
                + "new user. Must come last, after the user's creation.";
    }

    @Override
    public void buildPage(FormContext context, LoginFormsProvider form) {
        Reservation reservation = Reservation.of(context.getAuthenticationSession());
        form.setAttribute(Customer.CODE, reservation == null ? "" : reservation.code());
    }

    @Override
    public void validate(ValidationContext context) {
        RequestId.tell(context.getEvent(), context.getSession());
        Verdict verdict = checked(context);
        if (verdict.accepted()) {
            context.success();
        } else {
            refuse(context, verdict.described(), messages(verdict));
        }
    }

    /** Whether the form of this context, as configured, claims a code. */
    static boolean asked(FormContext context) {
        return context.getRealm().getAuthenticationExecutionsStream(context.getExecution().getParentFlow())
                .anyMatch(execution -> execution.isEnabled() && ID.equals(execution.getAuthenticator()));
    }

    private static Verdict checked(FormContext context) {
        if (Reservation.of(context.getAuthenticationSession()) == null) {
            return new Verdict(Verdict.Outcome.REFUSED, null, "reservation_lost", List.of());
        }
        beginCheck(context);
        return context.getSession().getAttribute(CHECK, CheckInFlight.class).answer().join()
                .requiring(Customer.CODICE_FISCALE);
    }

    /** Has the validator asked while Keycloak validates the other fields; once a request. */
    static void beginCheck(FormContext context) {
        Reservation reservation = Reservation.of(context.getAuthenticationSession());
        KeycloakSession session = context.getSession();
        if (reservation == null || session.getAttribute(CHECK) != null) {
            return;
        }
        ValidatorClient validator = ValidatorClient.of(session, context.getRealm());
        HttpRequest request = context.getHttpRequest();
        String codiceFiscale = FormField.of(request, Customer.CODICE_FISCALE);
        String firstName = FormField.of(request, UserModel.FIRST_NAME);
        String lastName = FormField.of(request, UserModel.LAST_NAME);
        session.setAttribute(CHECK, new CheckInFlight(Background.beside(
                () -> validator.check(reservation.id(), codiceFiscale, firstName, lastName))));
    }

    private record CheckInFlight(CompletableFuture<Verdict> answer) { }

    private static List<FormMessage> messages(Verdict verdict) {
        if (verdict.fields().isEmpty()) {
            return List.of(new FormMessage(verdict.messageKey()));
        }
        return verdict.fields().stream()
                .map(field -> new FormMessage(field.field(), Verdict.messageKey(field.reason())))
                .toList();
    }

    @Override
    public void success(FormContext context) {
        RequestId.tell(context.getEvent(), context.getSession());
        AllOrNothing.run(context, CustomerCodeClaim::claim);
    }

    private static void claim(NewUser context) {
        Reservation reservation = Reservation.of(context.getAuthenticationSession());
        if (reservation == null) {
            throw new AllOrNothing.Refused("reservation_lost");
        }
        UserModel user = context.made();
        ValidatorClient validator = ValidatorClient.of(context.getSession(), context.getRealm());
        // First the hook, then the claim: a claim that timed out here but succeeded there is released by the hook.
        ClaimCompletion.enlist(context, validator, reservation.id(), user.getId());
        HttpRequest request = context.getHttpRequest();
        Verdict verdict = validator.claim(reservation.id(), reservation.code(), user.getId(),
                FormField.of(request, Customer.CODICE_FISCALE), FormField.of(request, UserModel.EMAIL))
                .requiring("code", Customer.CODICE_FISCALE);
        if (!verdict.accepted()) {
            throw new AllOrNothing.Refused(verdict.reason());
        }
        user.setSingleAttribute(Customer.CODE, verdict.text("code"));
        user.setSingleAttribute(Customer.CODICE_FISCALE, verdict.text(Customer.CODICE_FISCALE));
        OwnerNotice.enlist(context, user.getId(), verdict.text("notify"));
        context.enterSession();
    }
}
