<#-- The rules of a new password, from the realm's policy: in words, and ticked as one types (resources/js/password-rules.js).
     Follows the list of policies of theme/keycloak.v2/login/password-validation.ftl of Keycloak 26.7.4. -->

<#-- The guide's sentence. Its second half is told only where the realm's policy is the guide's. -->
<#function sentence>
  <#local p = passwordPolicies>
  <#local said = []>
  <#if p.length??><#local said += [msg("passwordHintLength", p.length + 0)]></#if>
  <#if (p.digits!0) == 1 && (p.lowerCase!0) == 1 && (p.upperCase!0) == 1 && (p.specialChars!0) == 1>
    <#local said += [msg("passwordHintComposition")]>
  </#if>
  <#return said?join(" ")>
</#function>

<#-- input: id of the password field; username: id of the username field, if the page has one. -->
<#macro list input username="">
<#local p = passwordPolicies>
<#local rules = []>
<#list ["length", "maxLength", "digits", "lowerCase", "upperCase", "specialChars"] as name>
  <#-- A generous upper limit is no rule to keep in mind; the refusal tells it to who meets it. -->
  <#if p[name]?? && (name != "maxLength" || p[name] lt 64)><#local rules += [{"name": name, "value": p[name] + 0}]></#if>
</#list>
<#if username?has_content && p.notUsername><#local rules += [{"name": "notUsername", "value": 1}]></#if>
<#if rules?has_content>
<ul class="rules" id="${input}-rules" data-password-rules="${input}" data-username="${username}">
  <#list rules as rule>
  <li data-rule="${rule.name}" data-value="${rule.value?c}">${msg("passwordRule." + rule.name, rule.value)}</li>
  </#list>
</ul>
<p class="visually-hidden" role="status" id="${input}-progress" data-text="${msg("passwordProgress", "#met", "#all")}"></p>
<script type="module" src="${url.resourcesPath}/js/password-rules.js"></script>
</#if>
</#macro>
