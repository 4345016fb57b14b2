// A button and a frame in a closed shadow root, as the real content script places them.
const api = globalThis.browser ?? chrome
const host = document.createElement("probe-host")
const root = host.attachShadow({ mode: "closed" })
const button = document.createElement("button")
button.dataset.test = "open"
button.textContent = "Open"
button.addEventListener("click", (event) => event.isTrusted && api.runtime.sendMessage("open"))
const frame = document.createElement("iframe")
frame.src = api.runtime.getURL("frame.html")
frame.style.cssText = "width:300px;height:160px"
root.append(button, frame)
document.body.append(host)
