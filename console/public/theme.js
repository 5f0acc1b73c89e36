// Before the first paint, so that no page flashes in the wrong theme or language. Inline scripts are not allowed here.
(function () {
  try {
    const theme = localStorage.getItem('atelier.theme');
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
    const language = localStorage.getItem('atelier.language');
    if (language === 'zh' || (language === null && navigator.language.startsWith('zh'))) document.documentElement.lang = 'zh-CN';
  } catch {
    // Storage that is switched off: the system's theme.
  }
})();
