<#-- The button of a page that ends a path. Follows the links of theme/base/login/info.ftl and error.ftl of Keycloak
     26.7.4; ours: no page is a dead end, where the client has no address the account console asks for the login. -->
<#macro button>
<#if pageRedirectUri?has_content>
<a class="button" id="backToApplication" href="${pageRedirectUri}">${msg("doContinue")}</a>
<#elseif actionUri?has_content>
<form class="actions" action="${actionUri?keep_before("?")}" method="get">
  <#list actionUri?keep_after("?")?split("&") as pair>
  <input type="hidden" name="${pair?keep_before("=")}" value="${decoded(pair?keep_after("="))}">
  </#list>
  <button class="button">${msg("proceedWithAction")}</button>
</form>
<#elseif (client.baseUrl)?has_content>
<a class="button" id="backToApplication" href="${client.baseUrl}">${msg((isAppInitiatedAction??)?then("doContinue", "backToApplication"))}</a>
<#elseif (url.loginUrl)?has_content>
<a class="button" id="backToApplication" href="${url.loginUrl?keep_before("/login-actions/")}/account/">${msg("backToApplication")}</a>
</#if>
</#macro>

<#-- A value of an address as the form must hold it: the browser encodes it again. Keycloak's own are base64url and ids
     of clients; of the characters that those may hold, these are the encoded ones. -->
<#function decoded value>
  <#return value?replace("%3A", ":")?replace("%2F", "/")?replace("%3D", "=")?replace("+", " ")?replace("%20", " ")>
</#function>
