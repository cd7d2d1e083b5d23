<#-- A question with two or more radio answers: fieldset, legend, error, all tied. No upstream counterpart
     (keycloak.v2 draws radios without fieldset and legend). -->
<#import "field.ftl" as field>

<#-- options: list of {"value", "label"}; nested content is the question. The first radio carries the id `name`,
     so that the error summary can link to it. Nothing is ticked unless `chosen` says so. -->
<#macro radios name options chosen="" error="" hint="" sentence=false optional=true>
<fieldset class="field<#if sentence> consent</#if>" role="radiogroup"<@field.aria name hint error/>>
  <legend class="label<#if sentence> sentence</#if>"><#nested><#if optional> <span class="optional">${msg("optional")}</span></#if></legend>
  <@field.hintLine name hint/>
  <div class="choice">
    <#list options as option>
    <label><input type="radio" id="${name}<#if option?index gt 0>-${option.value}</#if>" name="${name}" value="${option.value}"<#if option.value == chosen> checked</#if>>${option.label}</label>
    </#list>
  </div>
  <@field.errorLine name error/>
</fieldset>
</#macro>
