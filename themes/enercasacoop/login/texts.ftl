<#-- Helpers for texts that administrators edit in the console (realm localization). No upstream counterpart. -->

<#-- The text of a key as it was typed, or the fallback where the realm has none.
     msg(key) would format it: an apostrophe would vanish and a lone brace would break the page. Arguments are
     substituted but not formatted (MessageFormatterMethod.resolve), so the text travels as an argument. -->
<#function raw key fallback="">
  <#local value = msg("{0}", r"${" + key + "}")>
  <#return (value == key)?then(fallback, value)>
</#function>

<#function brand>
  <#return raw("brandName", (realm.displayName)!(realm.name)!"")>
</#function>

<#-- A sentence whose [bracketed] words are a link. -->
<#macro sentence text href newTab=false>
<#if text?matches(r".*\[.+\].*", "s")>${text?keep_before("[")}<a href="${href}"<#if newTab> target="_blank" rel="noopener" aria-describedby="new-tab-note"</#if>>${text?keep_after("[")?keep_before("]")}</a>${text?keep_after("]")}<#else>${text}</#if></#macro>

<#-- What aria-describedby of a link that opens a new tab points to: the sentence around the link stays whole. -->
<#macro newTabNote>
<span class="visually-hidden" id="new-tab-note">${msg("newTab")}</span>
</#macro>

<#-- The help line: nothing where the realm names no telephone. Without the question where a sentence leads to it. -->
<#macro helpLine question=true>
<#local phone = raw("helpPhone")>
<#if phone?has_content>
<p><#if question>${msg("helpQuestion")}<br></#if>${msg("helpDesk")} <a href="tel:${phone?replace(r"[^0-9+]", "", "r")}">${phone}</a><#if raw("helpHours")?has_content><br>${raw("helpHours")}</#if></p>
</#if>
</#macro>
