<#-- Follows theme/base/login/login-verify-email.ftl of Keycloak 26.7.4. Ours: the welcome dialog of the customers'
     guide, which is also what a customer with an unconfirmed address sees at login. -->
<#import "template.ftl" as layout>
<#-- Set where an earlier mail is still good and the login has sent none. -->
<#setting time_zone=properties.timeZone!"UTC">
<#setting locale=lang!"it">
<#function clock time><#return time?string("HH:mm")></#function>
<#function day time><#return time?string("d MMMM")></#function>
<#assign address = verifyEmail!(user.email)!"">
<#-- The warning "you need to verify" is what the page says anyway. -->
<@layout.registrationLayout title=msg("welcomeDocumentTitle") displayMessage=message?? && message.type == "error"; section>
<#if section == "header">
${msg("welcomeTitle")}
<#elseif section == "form">
  <#if isAppInitiatedAction??>
  <p><#if verifyEmail??>${msg("emailVerifyInstruction1", address)}<#else>${msg("emailVerifyInstruction4", address)}</#if></p>
  <form class="actions" id="kc-verify-email-form" action="${url.loginAction}" method="post">
    <button class="button">${verifyEmail???then(msg("emailVerifyResend"), msg("emailVerifySend"))}</button>
    <button class="button quiet" name="cancel-aia" value="true">${msg("doCancel")}</button>
  </form>
  <#else>
  <p class="welcome"><strong>${msg("welcomeHello")}</strong> ${msg("welcomeMailSent")}</p>
  <#if address?has_content><p>${msg("welcomeAddress")} <strong>${address}</strong></p></#if>
  <#if mailSent??><p id="mail-sent">${msg("welcomeStillGood", clock(mailSent), day(mailSent), clock(mailGoodUntil), day(mailGoodUntil))}</p></#if>
  <div class="notice">
    <p><strong>${msg("welcomeNotSeen")}</strong> ${msg("welcomeSpam")}</p>
    <p>${msg("welcomeLifetime")}</p>
  </div>
  <a class="button" href="${url.loginRestartFlowUrl}">${msg("doContinue")}</a>
  <div class="links"><a href="${url.loginAction}" data-once-link>${msg("welcomeResend")}</a></div>
  </#if>
</#if>
</@layout.registrationLayout>
