<#-- Follows theme/keycloak.v2/login/field.ftl of Keycloak 26.7.4: same macros and parameters, for the parent's pages
     call them. Ours: label, hint, field, message in that order and tied together; aria-invalid only where it is true;
     hint, optional, type and any further attribute; the show button in words and only where scripts run. -->

<#function described name hint error extra="">
  <#local ids = []>
  <#if hint?has_content><#local ids += [name + "-hint"]></#if>
  <#if extra?has_content><#local ids += [extra]></#if>
  <#if error?has_content><#local ids += ["input-error-" + name]></#if>
  <#return ids?join(" ")>
</#function>

<#macro aria name hint error extra=""><#local ids = described(name, hint, error, extra)><#if ids?has_content> aria-describedby="${ids}"</#if><#if error?has_content> aria-invalid="true"</#if></#macro>

<#macro errorLine name error>
<#if error?has_content><p class="message" id="input-error-${name}">${once(error)}</p></#if>
</#macro>

<#-- Keycloak joins what several rules say with a space, also where two say the same (MessageBean.appendSummaryLine).
     Each message ends as a sentence does. -->
<#function once error>
  <#local said = []>
  <#list error?split(r"(?<=[.!?])\s+", "r") as sentence>
    <#if !said?seq_contains(sentence)><#local said += [sentence]></#if>
  </#list>
  <#return said?join(" ")>
</#function>

<#macro hintLine name hint><#if hint?has_content><p class="hint" id="${name}-hint">${hint}</p></#if></#macro>

<#macro group name label error="" required=false hint="" optional=false>
<div class="field">
  <label for="${name}">${label}<#if optional> <span class="optional">${msg("optional")}</span></#if></label>
  <@hintLine name hint/>
  <#nested>
  <@errorLine name error/>
</div>
</#macro>

<#macro input name label value="" required=false autocomplete="off" fieldName=name error=messagesPerField.get(fieldName) autofocus=false type="text" hint="" optional=false extra...>
<@group name=name label=label error=error hint=hint optional=optional>
  <input type="${type}" id="${name}" name="${name}" value="${value}" autocomplete="${autocomplete}"<#if autocomplete == "one-time-code"> inputmode="numeric"</#if><#if required> aria-required="true"</#if><#if autofocus && !(message?? && message.type == "error")> autofocus</#if><@aria name hint error/><#list extra as attribute, content> ${attribute}="${content}"</#list>>
</@group>
</#macro>

<#-- Nested content stands under the input; describedBy names an id elsewhere that belongs to the description. -->
<#macro password name label value="" required=false forgotPassword=false fieldName=name error=messagesPerField.get(fieldName) autocomplete="off" autofocus=false hint="" describedBy="" invalid=error?has_content>
<div class="field">
  <label for="${name}">${label}</label>
  <@hintLine name hint/>
  <div class="input-row">
    <input type="password" id="${name}" name="${name}" value="${value}" autocomplete="${autocomplete}" spellcheck="false"<#if required> aria-required="true"</#if><#if autofocus && !(message?? && message.type == "error")> autofocus</#if><#if described(name, hint, error, describedBy)?has_content> aria-describedby="${described(name, hint, error, describedBy)}"</#if><#if invalid> aria-invalid="true"</#if>>
    <button type="button" class="toggle" hidden data-password-toggle aria-controls="${name}" data-show="${msg("show")}" data-hide="${msg("hide")}" data-show-label="${msg("showThe", label)}" data-hide-label="${msg("hideThe", label)}"></button>
  </div>
  <@errorLine name error/>
  <#nested>
  <#if forgotPassword><div class="links"><a href="${url.loginResetCredentialsUrl}">${msg("doForgotPassword")}</a></div></#if>
</div>
</#macro>

<#macro checkbox name label value=false required=false>
<div class="field">
  <label class="check" for="${name}"><input type="checkbox" id="${name}" name="${name}"<#if value> checked</#if>><span>${label}</span></label>
</div>
</#macro>

<#-- The parent's code.ftl shows a code to copy: a read-only field is enough. -->
<#macro clipboard name label ariaLabel=label value="" readonly=true>
<@group name=name label=label><input type="text" id="${name}" name="${name}" value="${value}" readonly></@group>
</#macro>

<#macro errorIcon error=""></#macro>
