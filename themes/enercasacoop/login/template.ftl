<#-- Follows theme/keycloak.v2/login/template.ftl of Keycloak 26.7.4: same macro, same nested sections, so the parent's
     pages work inside it. Ours: one column with the brand panel, language links that need no script, a title of its own
     for every page, the error summary, no inline script (data-* attributes feed resources/js). -->
<#import "footer.ftl" as loginFooter>
<#import "texts.ftl" as texts>
<#import "error-summary.ftl" as summary>

<#-- Pages of the parent that bring scripts or handlers inline; tests/themes compares the list with the distribution. All
     others obey the policy below. It stands in the page and not in the realm's header, which the account console gets
     too, and that one is Keycloak's and inline. No form-action: browsers would hold the way back to the service to it. -->
<#assign inlineScripts = {"code": true, "frontchannel-logout": true, "login-otp": true, "login-passkeys-conditional-authenticate": true, "login-password": true, "login-recovery-authn-code-config": true, "login-recovery-authn-code-input": true, "login-username": true, "saml-post-form": true, "select-authenticator": true, "webauthn-authenticate": true, "webauthn-error": true, "webauthn-register": true}>
<#assign policy = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'">

<#-- title: document title where it should say more than the heading; lead: sentence under the heading;
     step: 1 or 2 of registration; errors: the fields of the error summary, see error-summary.ftl. -->
<#macro registrationLayout bodyClass="" displayInfo=false displayMessage=true displayRequiredFields=false title="" lead="" step=0 errors=[]>
<#local heading><#compress><#nested "header"></#compress></#local>
<#local pageTitle = title?has_content?then(title, (heading?is_markup_output?then(heading?markup_string, heading?esc?markup_string))?replace("<[^>]*>", "", "r")?trim)>
<#local strict = !inlineScripts[pageId!""]?? && !(enableWebAuthnConditionalUI!"")?has_content>
<#local failed = (message?? && message.type == "error") || summary.failed(errors)?has_content>
<!DOCTYPE html>
<html lang="${lang!"it"}"<#if (locale.rtl)!false> dir="rtl"</#if><#if !(darkMode!true)> class="light-only"</#if>>
<head>
  <meta charset="utf-8">
  <#if strict><meta http-equiv="Content-Security-Policy" content="${policy}"></#if>
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light<#if darkMode!true> dark</#if>">
  <meta name="robots" content="noindex, nofollow">
  <title><#if failed>${msg("titleError")} </#if><#if title?has_content>${title}<#else>${pageTitle?no_esc}</#if> – ${texts.brand()}</title>
  <link rel="icon" href="${url.resourcesPath}/img/logo.svg" type="image/svg+xml">
  <#list (properties.styles!"")?split(" ") as style>
  <link rel="stylesheet" href="${url.resourcesPath}/${style}">
  </#list>
  <#-- Security keys only: the parent's scripts import this module by its bare name. -->
  <#if (pageId!"")?contains("webauthn") || (enableWebAuthnConditionalUI!"")?has_content>
  <script type="importmap">{"imports": {"rfc4648": "${url.resourcesCommonPath}/vendor/rfc4648/rfc4648.js"}}</script>
  </#if>
  <script type="module" src="${url.resourcesPath}/js/session.js"></script>
  <script type="module" src="${url.resourcesPath}/js/forms.js"></script>
  <#list scripts![] as script>
  <script src="${script}"></script>
  </#list>
<#-- Keycloak writes an inline script before </head> (BrowserHistoryHelper), which html may leave out; session.js does
     what that script does. -->
<#if !strict></head></#if>
<#-- Only a step of a login may follow a login in another tab: a notice that stays open may not. -->
<body class="${bodyClass}" data-page-id="login-${pageId!""}"<#if url.hasAction()> data-other-tab-url="${url.ssoLoginInOtherTabsUrl}"</#if><#if authenticationSession??> data-session-hash="${authenticationSession.authSessionIdHash}"</#if><#if url.hasAction()> data-action="${url.loginAction}"</#if>>
  <header class="site">
    <span class="name"><img src="${url.resourcesPath}/img/logo.svg" alt="" width="32" height="32">${texts.brand()}</span>
    <@languages/>
  </header>
  <main>
    <div class="column">
      <#if step gt 0>
      <p class="progress">${msg("step", step, 2)}</p>
      <div class="bar" aria-hidden="true"><span<#if step == 1> class="half"</#if>></span></div>
      </#if>
      <h1 id="kc-page-title">${heading}</h1>
      <#if lead?has_content><p class="lead">${lead}</p></#if>
      <@summary.list errors/>
      <#-- A warning about a duty of the login is no news to who came by choice (application-initiated action). -->
      <#if displayMessage && message?? && message.summary?has_content && (message.type != "warning" || !isAppInitiatedAction??)>
      <div class="alert ${message.type}" id="page-message" role="${(message.type == "error")?then("alert", "status")}"<#if message.type == "error"> tabindex="-1" autofocus</#if>><p>${ownMessage()}</p></div>
      </#if>
      <div class="card">
        <#if auth?has_content && auth.showUsername() && !auth.showResetCredentials()>
          <#nested "show-username">
          <@attemptedUsername/>
        </#if>
        <#nested "form">
        <#if auth?has_content && auth.showTryAnotherWayLink()>
        <form class="after" action="${url.loginAction}" method="post">
          <button class="button quiet" id="try-another-way" name="tryAnotherWay" value="on">${msg("doTryAnotherWay")}</button>
        </form>
        </#if>
        <#nested "socialProviders">
        <#if displayInfo><div class="after" id="kc-info"><#nested "info"></div></#if>
      </div>
      <#nested "below">
      <@loginFooter.content/>
    </div>
  </main>
  <footer class="help">
    <#if texts.raw("brandClaim")?has_content><p class="claim">${texts.raw("brandClaim")}</p></#if>
    <@texts.helpLine/>
  </footer>
</body>
</html>
</#macro>

<#-- What belongs to no field; message.summary repeats what stands at the fields, in one breath. -->
<#function ownMessage>
  <#return (messagesPerField.get("global")!"")?has_content?then(messagesPerField.get("global"), message.summary)>
</#function>

<#macro languages>
<#if realm.internationalizationEnabled && ((locale.supported)![])?size gt 1>
<nav class="languages" aria-label="${msg("languages")}">
  <#list locale.supported?sort_by("languageTag") as l>
  <#if l.languageTag != locale.currentLanguageTag>
  <a href="${l.url}" lang="${l.languageTag}" hreflang="${l.languageTag}">${l.label}</a>
  </#if>
  </#list>
</nav>
</#if>
</#macro>

<#macro attemptedUsername>
<div class="field">
  <label for="kc-attempted-username">${msg("username")}</label>
  <input type="text" id="kc-attempted-username" value="${auth.attemptedUsername}" readonly>
  <div class="links"><a id="reset-login" href="${url.loginRestartFlowUrl}">${msg("otherUsername")}</a></div>
</div>
</#macro>
