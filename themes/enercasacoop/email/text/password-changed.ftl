<#ftl output_format="plainText">
<#-- The password has been changed. No upstream counterpart. -->
<#import "../texts.ftl" as texts>
<#import "parts.ftl" as parts>
${msg("passwordChangedTitle")}

${msg("passwordChangedHello", texts.brand(), (user.username)!"")}

${msg("passwordChangedButton")}:
${link}

${msg("passwordChangedNotYouLead")} ${msg("passwordChangedNotYou")}
<@parts.foot/>
