<#-- Registration, step 2: the form in the guide's sections. Follows theme/keycloak.v2/login/register.ftl of
     Keycloak 26.7.4 (action, field names, hidden locale); ours are the sections, the code of step 1 shown and not asked
     again, the second email, the consents and the error summary. Attributes of the realm's user profile that are not
     named here stand in a section of their own. -->
<#import "template.ftl" as layout>
<#import "field.ftl" as field>
<#import "choice.ftl" as choice>
<#import "consents.ftl" as consents>
<#import "password-rules.ftl" as passwordRules>
<#import "user-profile-commons.ftl" as userProfile>

<#assign typed = register.formData!{}>
<#-- A hash and no list: FreeMarker compares texts with a collator, which is dear. -->
<#assign placed = {"customerCode": true, "firstName": true, "lastName": true, "codiceFiscale": true, "gender": true, "email": true, "mobile": true, "username": true, "locale": true}>
<#assign others = (profile.attributes![])?filter(a -> !placed[a.name]??)>
<#assign purposes = consentPurposes![]>
<#assign emailOptional = !((profile.attributesByName.email.required)!false)>
<#assign askPassword = passwordRequired??>
<#assign codiceFiscaleError = messagesPerField.getFirstError("codiceFiscale")>
<#if codiceFiscaleError?has_content && !(typed.codiceFiscale!"")?trim?has_content>
<#assign codiceFiscaleError = msg("missingCodiceFiscale")>
</#if>

<#-- For the error summary: needed only where something was refused. -->
<#assign fields = []>
<#if message??>
<#list ["firstName", "lastName", "codiceFiscale", "gender", "email", "emailConfirm", "mobile"] as name>
  <#assign fields += [{"field": name, "id": name, "label": msg("field." + name)}]>
</#list>
<#list others as a><#assign fields += [{"field": a.name, "id": a.name, "label": advancedMsg(a.displayName!a.name)}]></#list>
<#list ["username", "password", "password-confirm"] as name>
  <#assign fields += [{"field": name, "id": name, "label": msg("field." + name)}]>
</#list>
<#list ["processing"] + purposes as purpose>
  <#assign fields += [{"field": "privacy." + purpose, "id": "privacy." + purpose, "label": msg("consentShort." + purpose)}]>
</#list>
</#if>
<#assign known = fields?filter(f -> messagesPerField.existsError(f.field))>

<#-- The message on top is for what belongs to no field here: a global error, or one of a field that the page does not know. -->
<@layout.registrationLayout step=2 title=msg("registerDocumentTitle") lead=msg("registerLead")
    displayMessage=messagesPerField.exists("global") || !known?has_content errors=fields; section>
<#if section == "header">
<#if messageHeader??>${msg(messageHeader)}<#else>${msg("registerTitle")}</#if>
<#elseif section == "form">
  <form id="kc-register-form" action="${url.registrationAction}" method="post" novalidate>
    <#if (locale.currentLanguageTag!"")?has_content><input type="hidden" name="locale" value="${locale.currentLanguageTag}"></#if>

    <#if (customerCode!"")?has_content>
    <fieldset class="section">
      <legend>${msg("sectionCustomer")}</legend>
      <@field.group name="customerCode" label=msg("field.customerCode")>
        <input type="text" id="customerCode" value="${customerCode}" readonly>
      </@field.group>
    </fieldset>
    </#if>

    <fieldset class="section">
      <legend>${msg("sectionPerson")}</legend>
      <@field.input name="firstName" label=msg("field.firstName") value=typed.firstName!"" required=true autocomplete="given-name"/>
      <@field.input name="lastName" label=msg("field.lastName") value=typed.lastName!"" required=true autocomplete="family-name"/>
      <@field.input name="codiceFiscale" label=msg("field.codiceFiscale") value=typed.codiceFiscale!"" error=codiceFiscaleError required=true hint=msg("hint.codiceFiscale") autocapitalize="characters" spellcheck="false" data\-upper\-case=""/>
      <@choice.radios name="gender" chosen=typed.gender!"" error=messagesPerField.getFirstError("gender")
          options=[{"value": "male", "label": msg("gender.male")}, {"value": "female", "label": msg("gender.female")}]>${msg("field.gender")}</@choice.radios>
    </fieldset>

    <fieldset class="section">
      <legend>${msg("sectionContact")}</legend>
      <@field.input name="email" type="email" label=msg("field.email") value=typed.email!"" required=!emailOptional optional=emailOptional hint=emailOptional?then(msg("hint.email"), "") autocomplete="email"/>
      <@field.input name="emailConfirm" type="email" label=msg("field.emailConfirm") value=typed.emailConfirm!"" hint=emailOptional?then(msg("hint.emailConfirm"), "") required=!emailOptional autocomplete="email"/>
      <@field.input name="mobile" type="tel" label=msg("field.mobile") value=typed.mobile!"" optional=true autocomplete="tel"/>
    </fieldset>

    <#if others?has_content>
    <fieldset class="section">
      <legend>${msg("sectionOther")}</legend>
      <#list others as a>
      <@userProfile.attributeField a/>
      </#list>
    </fieldset>
    </#if>

    <fieldset class="section">
      <legend>${msg("sectionCredentials")}</legend>
      <@field.input name="username" label=msg("field.username") value=typed.username!"" required=true hint=msg("hint.username") autocomplete="username" autocapitalize="none" spellcheck="false"/>
      <#if askPassword>
      <@field.password name="password" label=msg("field.password") required=true hint=passwordRules.sentence() autocomplete="new-password">
        <@passwordRules.list input="password" username="username"/>
      </@field.password>
      <@field.password name="password-confirm" label=msg("field.password-confirm") required=true autocomplete="new-password"/>
      </#if>
    </fieldset>

    <#if privacyNoticeUrl??><@consents.section purposes privacyNoticeUrl typed/></#if>

    <button class="button" id="kc-submit">${msg("doCreateAccount")}</button>
    <#-- Restarted and not only left: "Registrati" then asks for the code again, where the reservation is lost or wrong. -->
    <div class="links"><a href="${url.loginRestartFlowUrl}">${msg("backToLogin")}</a></div>
  </form>
</#if>
</@layout.registrationLayout>
