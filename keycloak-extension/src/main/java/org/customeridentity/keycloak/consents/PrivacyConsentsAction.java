package org.customeridentity.keycloak.consents;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.customeridentity.keycloak.common.Customer;
import org.customeridentity.keycloak.common.FormField;
import org.customeridentity.keycloak.common.StatelessFactory;
import org.customeridentity.keycloak.validator.Verdict;
import org.keycloak.authentication.InitiatedActionSupport;
import org.keycloak.authentication.RequiredActionContext;
import org.keycloak.authentication.RequiredActionFactory;
import org.keycloak.authentication.RequiredActionProvider;
import org.keycloak.forms.login.LoginFormsProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserModel;
import org.keycloak.models.utils.FormMessage;

/**
 * The page of a customer's consents: opened from the account (application-initiated action), or forced at login
 * while the current version of the mandatory text has not been agreed to.
 */
public final class PrivacyConsentsAction implements RequiredActionProvider, RequiredActionFactory,
        StatelessFactory<RequiredActionProvider> {

    public static final String ID = "privacy-consents";
    private static final String NO = "no";
    private static final String HASH_FIELD = "noticeSha256";
    private static final String SHOWN_PREFIX = "shown.";
    private static final String LEAVE_FIELD = "leave";

    @Override
    public String getId() {
        return ID;
    }

    @Override
    public String getDisplayText() {
        return "Privacy consents";
    }

    @Override
    public InitiatedActionSupport initiatedActionSupport() {
        return InitiatedActionSupport.SUPPORTED;
    }

    @Override
    public void evaluateTriggers(RequiredActionContext context) {
        if (Customer.is(context.getUser()) && mandatoryAsked(context, new Consents(context.getUser()))) {
            // Of this login only: nothing is left on the user if the text goes back.
            context.getAuthenticationSession().addRequiredAction(ID);
        }
    }

    @Override
    public void requiredActionChallenge(RequiredActionContext context) {
        show(context, context.form(), false);
    }

    @Override
    public void processAction(RequiredActionContext context) {
        boolean leaves = !field(context, LEAVE_FIELD).isEmpty();
        // The page offers it only where nothing is asked; who sends it all the same does not get round the question.
        if (leaves && !mandatoryAsked(context, new Consents(context.getUser()))) {
            context.success();
            return;
        }
        Optional<PrivacyNotice> shown = PrivacyNotice.withHash(context.getRealm(), field(context, HASH_FIELD));
        if (shown.isEmpty()) {
            show(context, context.form().setError("consentsTextChanged"), true);
            return;
        }
        Consents consents = Consents.locked(context.getSession(), context.getUser());
        boolean forced = mandatoryAsked(context, consents);
        String mandatory = settings(context).mandatory();
        if (forced && !ConsentSettings.YES.equals(choice(context, mandatory))) {
            show(context, context.form().setErrors(List.of(new FormMessage(
                    ConsentSettings.FIELD_PREFIX + mandatory, Verdict.messageKey("consent_needed")))), true);
            return;
        }
        consents.record(changes(context, consents, forced), new ConsentText(settings(context).version(), shown.get()),
                "account", proof(context.getUser()));
        if (forced) {
            context.success();
        } else {
            show(context, context.form().setSuccess("consentsSaved"), false);
        }
    }

    /** What differs both from what the page showed (another tab may have gone on) and from what counts now. */
    private static Map<String, String> changes(RequiredActionContext context, Consents consents, boolean forced) {
        ConsentSettings settings = settings(context);
        Map<String, String> changes = new LinkedHashMap<>();
        if (forced) {
            changes.put(settings.mandatory(), Consents.GRANTED);
        }
        String granted = confirmed(context.getUser()) ? Consents.GRANTED : Consents.PENDING;
        for (String purpose : settings.optional()) {
            String before = consents.state(purpose);
            String choice = choice(context, purpose);
            boolean stays = choice.isEmpty() ? !before.isEmpty()
                    : choice.equals(field(context, SHOWN_PREFIX + purpose)) && !before.isEmpty();
            String after = ConsentSettings.YES.equals(choice) ? granted : Consents.DENIED;
            if (!stays && !saysTheSame(before, after)) {
                changes.put(purpose, after);
            }
        }
        return changes;
    }

    private static boolean saysTheSame(String before, String after) {
        return before.equals(after) || !before.isEmpty() && yesOrNo(before).equals(yesOrNo(after));
    }

    /** Answered as a page shows it: a choice that waits for its confirmation is a Sì. */
    private static String yesOrNo(String state) {
        return state.isEmpty() ? "" : Consents.DENIED.equals(state) ? NO : ConsentSettings.YES;
    }

    private static String choice(RequiredActionContext context, String purpose) {
        String choice = field(context, ConsentSettings.FIELD_PREFIX + purpose);
        return ConsentSettings.YES.equals(choice) || NO.equals(choice) ? choice : "";
    }

    /** `refused`: what was ticked stays ticked, with the errors of the form; else what counts is. */
    private static void show(RequiredActionContext context, LoginFormsProvider form, boolean refused) {
        Consents consents = new Consents(context.getUser());
        ConsentSettings settings = settings(context);
        context.challenge(form.setAttribute("mandatory", shown(context, consents, settings.mandatory(), refused))
                .setAttribute("mandatoryAsked", mandatoryAsked(context, consents))
                .setAttribute("optional", settings.optional().stream()
                        .map(purpose -> shown(context, consents, purpose, refused)).toList())
                .setAttribute("noticeSha256",
                        PrivacyNotice.of(context.getSession(), context.getRealm(), context.getUser()).sha256())
                .setAttribute("privacyNoticeUrl", PrivacyNotice.url(context.getSession(), context.getRealm()))
                .createForm("privacy-consents.ftl"));
    }

    /** One purpose for the template: what counts, what is ticked, since when. */
    private static Map<String, String> shown(
            RequiredActionContext context, Consents consents, String purpose, boolean refused) {
        String answer = yesOrNo(consents.state(purpose));
        return Map.of("purpose", purpose, "state", consents.state(purpose), "answer", answer,
                "chosen", refused && !choice(context, purpose).isEmpty() ? choice(context, purpose) : answer,
                "since", consents.last(purpose).map(ConsentEntry::madeAt).orElse(""));
    }

    private static boolean mandatoryAsked(RequiredActionContext context, Consents consents) {
        ConsentSettings settings = settings(context);
        return settings.asked() && !consents.accepted(settings.mandatory(), settings.version());
    }

    private static ConsentSettings settings(RequiredActionContext context) {
        return ConsentSettings.of(context.getRealm());
    }

    private static boolean confirmed(UserModel user) {
        return user.isEmailVerified() && user.getEmail() != null && !user.getEmail().isBlank();
    }

    private static String proof(UserModel user) {
        return confirmed(user) ? "logged-in, email-confirmed" : "logged-in";
    }

    private static String field(RequiredActionContext context, String name) {
        return FormField.of(context.getHttpRequest(), name);
    }

    @Override
    public RequiredActionProvider create(KeycloakSession session) {
        return this;
    }

    @Override
    public void close() {
        // holds nothing
    }
}
