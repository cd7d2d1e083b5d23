<#-- The previous portals, while they last. No upstream counterpart.
     Administrators edit them in the console (realm localization), one key each, previousPortal.1 to previousPortal.9:
         Label | https://address | YYYY-MM-DD
     The date is the last day shown and may be left out. Anything that does not read so is left out in silence: a slip
     of an administrator must never break the login page, and a link of another scheme must never be shown. -->
<#import "texts.ftl" as texts>

<#assign addressRule = r"(https://|http://localhost(?=[:/]|$))[^\s<>\\]*">
<#assign dateRule = r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])">

<#-- "Label | address | date" → {"label", "address"}, or {} if it is not to be shown on the day `today` (yyyymmdd, a number). -->
<#function portal line today>
  <#local parts = line?split("|")?map(part -> part?trim)>
  <#if parts?size lt 2 || parts?size gt 3><#return {}></#if>
  <#if !parts[0]?has_content || !parts[1]?matches(addressRule) || parts[1] == "https://"><#return {}></#if>
  <#local last = parts[2]!"">
  <#if last?has_content>
    <#if !last?matches(dateRule)><#return {}></#if>
    <#if last?replace("-", "")?number lt today><#return {}></#if>
  </#if>
  <#return {"label": parts[0], "address": parts[1]}>
</#function>

<#-- Those to be shown today. -->
<#function current>
  <#setting time_zone=properties.timeZone!"UTC">
  <#local today = .now?string("yyyyMMdd")?number>
  <#return (1..9)?map(n -> portal(texts.raw("previousPortal." + n), today))?filter(p -> p?has_content)>
</#function>

<#macro links portals>
<ul class="links">
  <#list portals as p>
  <li><a href="${p.address}" rel="noopener">${p.label}</a></li>
  </#list>
</ul>
</#macro>

<#-- On a page of their own; nested content stands there when none is left. -->
<#macro list>
<#local portals = current()>
<#if portals?has_content>
<p>${msg("portalsText")}</p>
<@links portals/>
<#else>
<p><#nested></p>
</#if>
</#macro>

<#macro block>
<#local portals = current()>
<#if portals?has_content>
<aside class="portals" aria-labelledby="portals-title">
  <h2 id="portals-title">${msg("portalsTitle")}</h2>
  <p>${msg("portalsText")}</p>
  <@links portals/>
</aside>
</#if>
</#macro>
