<#-- Texts of the realm (localization) in mails. No upstream counterpart; see login/texts.ftl for why raw is written so. -->
<#function raw key fallback="">
  <#local value = msg("{0}", r"${" + key + "}")>
  <#return (value == key)?then(fallback, value)>
</#function>

<#function brand><#return raw("brandName", realmName!"")></#function>

<#-- "Servizio clienti 800 000 000, lun–ven 9–18", or nothing. -->
<#function helpLine>
  <#if !raw("helpPhone")?has_content><#return ""></#if>
  <#return msg("mailHelp") + " " + raw("helpPhone") + raw("helpHours")?has_content?then(", " + raw("helpHours"), "")>
</#function>

<#-- The lifetime of a link in words: in hours up to three days ("24 ore"), else as Keycloak says it.
     minutes: linkExpiration; formatted: linkExpirationFormatter(linkExpiration). -->
<#function lifetime minutes formatted>
  <#if minutes % 60 == 0 && minutes lte 4320><#return msg("mailHours", minutes / 60)></#if>
  <#return formatted>
</#function>
