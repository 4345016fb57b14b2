const find = (id) => document.querySelector(`[data-test=${id}]`)
find("go").addEventListener("click", (event) => {
    find("out").textContent = `${find("field").value} ${event.isTrusted}`
})
