document.querySelector("[data-test=inside]").addEventListener("click", (event) => {
    document.querySelector("[data-test=out]").textContent = `pressed ${event.isTrusted}`
})
