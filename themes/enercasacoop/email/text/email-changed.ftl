<#ftl output_format="plainText">
<#-- To the old address, once another one counts. Our mail, no upstream counterpart. -->
<#import "../texts.ftl" as texts>
<#import "parts.ftl" as parts>
${msg("changedTitle")}

${msg("changedHello", texts.brand(), (user.username)!"")}

${msg("changedNotYouLead")} ${msg("changedNotYou")}

${msg("changedButton")}:
${link}
<@parts.foot/>
