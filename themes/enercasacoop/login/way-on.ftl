<#-- The button of a page that ends a path. Follows the links of theme/base/login/info.ftl and error.ftl of Keycloak
     26.7.4; ours: no page is a dead end, where the client has no address the account console asks for the login. -->
<#macro button>
<#if pageRedirectUri?has_content>
<a class="button" id="backToApplication" href="${pageRedirectUri}">${msg("doContinue")}</a>
<#elseif actionUri?has_content>
<a class="button" href="${actionUri}" data-once-link>${msg("proceedWithAction")}</a>
<#elseif (client.baseUrl)?has_content>
<a class="button" id="backToApplication" href="${client.baseUrl}">${msg("backToApplication")}</a>
<#elseif (url.loginUrl)?has_content>
<a class="button" id="backToApplication" href="${url.loginUrl?keep_before("/login-actions/")}/account/">${msg("backToApplication")}</a>
</#if>
</#macro>
