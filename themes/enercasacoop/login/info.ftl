<#-- Follows theme/base/login/info.ftl of Keycloak 26.7.4. Ours: a button on; a heading also where Keycloak gives none; a
     password chosen by the link of a mail is said to be so (NewPassword.java). -->
<#import "template.ftl" as layout>
<#import "way-on.ftl" as wayOn>
<@layout.registrationLayout displayMessage=false; section>
<#if section == "header">
<#if passwordByLink??>${msg("passwordChangedTitle")}<#elseif (messageHeader!"")?has_content>${msg(messageHeader)}<#else>${msg(headingKey())}</#if>
<#elseif section == "form">
  <p id="kc-info-message"><#if passwordByLink??>${msg("passwordChangedText")}<#else>${message.summary}</#if><#if requiredActions??><#list requiredActions>: <#items as action><strong>${msg("requiredAction." + action)}</strong><#sep>, </#items></#list></#if></p>
  <#if !skipLink??><@wayOn.button/></#if>
</#if>
</@layout.registrationLayout>

<#function headingKey>
  <#list {"successLogout": "loggedOutTitle", "userDeletedSuccessfully": "accountDeletedTitle"} as key, heading>
    <#if message.summary == msg(key)><#return heading></#if>
  </#list>
  <#return "infoTitle">
</#function>
