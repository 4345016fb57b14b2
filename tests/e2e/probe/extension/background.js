// Opens a surface on the click that the content script reports.
const api = globalThis.browser ?? chrome
api.runtime.onMessage.addListener((message, sender) => {
    if (message !== "open") return
    if (api.sidePanel) api.sidePanel.open({ tabId: sender.tab.id })
    else api.windows.create({ url: "surface.html?window", type: "popup", width: 420, height: 700 })
})
