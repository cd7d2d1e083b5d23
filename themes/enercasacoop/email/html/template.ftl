<#-- Follows theme/base/email/html/template.ftl of Keycloak 26.7.4: same macro, so the parent's mails stand in it.
     Tables and inline styles, for mail programs know little else; no remote image; the style element is for dark mode. -->
<#import "../texts.ftl" as texts>
<#assign p = properties>
<#assign font = "font-family:'Atkinson Hyperlegible',Verdana,Arial,sans-serif;">
<#macro emailLayout why="mailWhy">
<!DOCTYPE html>
<html lang="${locale.language}" dir="${(ltr!true)?then("ltr", "rtl")}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${subject!texts.brand()}</title>
<style>
:root { color-scheme: light dark; }
@media (prefers-color-scheme: dark) {
  .ground { background: ${p.mailDarkGround} !important; }
  .surface { background: ${p.mailDarkSurface} !important; color: ${p.mailDarkInk} !important; }
  .surface td, .surface p, .surface h1 { color: ${p.mailDarkInk} !important; }
  .soft { background: ${p.mailDarkSoft} !important; color: ${p.mailDarkInk} !important; }
  .quiet, .quiet p { color: ${p.mailDarkInkSoft} !important; }
  .surface td.name, .surface a.plain { color: ${p.mailDarkBrand} !important; }
  .surface .button { background: ${p.mailDarkBrand} !important; color: ${p.mailDarkOnBrand} !important; }
}
</style>
</head>
<body class="ground" style="margin:0;padding:0;background:${p.mailGround};">
<table role="presentation" class="ground" width="100%" cellpadding="0" cellspacing="0" style="background:${p.mailGround};"><tr><td align="center" style="padding:24px 12px;">
<table role="presentation" class="surface" width="100%" cellpadding="0" cellspacing="0" style="max-width:600px;background:${p.mailSurface};border-top:6px solid ${p.mailAccent};border-radius:10px;">
<tr><td class="name" style="padding:24px 28px 0;${font}font-size:20px;font-weight:bold;color:${p.mailBrand};">${texts.brand()}</td></tr>
<tr><td style="padding:16px 28px 28px;${font}font-size:18px;line-height:1.5;word-break:break-word;color:${p.mailInk};">
<#nested>
</td></tr>
</table>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:600px;"><tr><td class="quiet" style="padding:16px 28px;${font}font-size:15px;line-height:1.5;color:${p.mailInkSoft};">
<p style="margin:0;">${msg(why, texts.brand())}</p>
<#if texts.helpLine()?has_content><p style="margin:4px 0 0;">${texts.helpLine()}</p></#if>
</td></tr></table>
</td></tr></table>
</body>
</html>
</#macro>

<#macro title text><h1 style="margin:0 0 12px;${font}font-size:26px;line-height:1.25;color:${p.mailInk};">${text}</h1></#macro>

<#macro paragraph text><p style="margin:0 0 16px;">${text}</p></#macro>

<#macro notice lead text><p class="soft" style="margin:0 0 16px;padding:14px 16px;background:${p.mailSoft};border-radius:10px;font-size:16px;"><#if lead?has_content><strong>${lead}</strong> </#if>${text}</p></#macro>

<#-- One button; who cannot press it finds the link in full at the end (inFull): it is a screenful on a phone. -->
<#macro action address label>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="margin:8px 0 20px;"><tr><td class="button" align="center" style="background:${p.mailBrand};border-radius:10px;">
<a class="button" href="${address}" style="display:block;padding:16px 20px;${font}font-size:18px;font-weight:bold;color:${p.mailOnBrand};text-decoration:none;border-radius:10px;">${label}</a>
</td></tr></table>
</#macro>

<#macro inFull address>
<p style="margin:0 0 4px;font-size:15px;">${msg("mailLinkBelow")}</p>
<p style="margin:0;font-size:15px;word-break:break-all;"><a class="plain" href="${address}" style="color:${p.mailBrand};">${address}</a></p>
</#macro>
