// Uploads a file as soon as it is chosen, so that a form with ten attachments never fails as a whole.
//   <form data-upload-url="/…/attachments" data-upload-limit="20971520">      limit in bytes
//     <input type="file" data-upload="certificate" accept=".pdf,.jpg" multiple>
//     <ul data-upload-list="certificate"><li data-attachment="<id>">名称 <button type="button" data-remove-attachment>删除</button></li></ul>
//     <input type="hidden" name="certificate" value="<id>">                   one for each file held
// Posts `file`, `field` and `csrf_token`; expects 2xx with {"id", "name", "size"}, otherwise {"message": "sentence"}.
// Without JavaScript the input has no name and nothing is sent: the page offers an ordinary upload form there.
import { csrfToken, make, mount, size } from './page.js';

// The browser's own field says that no file was chosen, whatever was uploaded before, and says it in the browser's language.
mount('input[type=file][data-upload]', input => {
  if (input.disabled) return;
  const words = input.multiple ? '选择文件（可多选）' : '选择文件';
  input.classList.add('visually-hidden');
  input.after(make('label', { class: 'btn btn-outline-primary file-choose', for: input.id, 'aria-hidden': 'true' }, words));
});

// A field that goes with its form looks the same, and names what was chosen.
mount('input[type=file]:not([data-upload])', input => {
  const chosen = make('span', { class: 'file-chosen quiet', 'aria-hidden': 'true' });
  const say = () => { chosen.textContent = [...input.files].map(file => `${file.name}（${size(file.size)}）`).join('、') || '还没有选择文件'; };
  input.classList.add('visually-hidden');
  input.parentElement.classList.add('file-field');
  input.after(make('label', { class: 'btn btn-outline-primary file-choose', for: input.id, 'aria-hidden': 'true' }, '选择文件'), chosen);
  input.addEventListener('change', say);
  window.addEventListener('pageshow', say); // the browser may bring back what had been chosen when one returns to the page
  say();
});

function refusal(input, file) {
  const limit = Number(input.closest('[data-upload-limit]')?.dataset.uploadLimit ?? Infinity);
  if (file.size === 0) return `“${file.name}”是空文件，请检查后重新选择。`;
  if (file.size > limit) return `“${file.name}”大小为 ${size(file.size)}，超过上限 ${size(limit)}，请压缩后重新选择。`;
  const accepted = (input.accept || '').split(',').map(one => one.trim().toLowerCase()).filter(Boolean);
  const fits = accepted.some(one => one.startsWith('.') ? file.name.toLowerCase().endsWith(one)
    : one.endsWith('/*') ? file.type.startsWith(one.slice(0, -1)) : file.type === one);
  if (accepted.length && !fits) return `“${file.name}”的类型不符，只接受 ${accepted.join('、')}。`;
  return '';
}

function listOf(input) {
  const name = input.dataset.upload;
  const found = [...input.form.querySelectorAll('[data-upload-list]')].find(list => list.dataset.uploadList === name);
  if (found) return found;
  const list = make('ul', { 'data-upload-list': name, class: 'upload-list list-unstyled' });
  input.after(list);
  return list;
}

function send(input, file, bar) {
  const data = new FormData();
  data.append('csrf_token', csrfToken(input.form));
  data.append('field', input.dataset.upload);
  data.append('file', file);
  // fetch does not report how much has been sent, XMLHttpRequest does.
  const request = new XMLHttpRequest();
  return new Promise((resolve, reject) => {
    request.upload.addEventListener('progress', event => { bar.value = event.loaded; bar.max = event.total; });
    request.addEventListener('error', () => reject(new Error('网络中断，请检查网络后重新选择文件。')));
    request.addEventListener('load', () => {
      let answer = {};
      try { answer = JSON.parse(request.responseText); } catch { /* A page instead of an answer: the session is over. */ }
      if (request.status < 300 && answer.id) resolve(answer);
      else reject(new Error(answer.message ?? (request.status === 413 ? '文件过大，请压缩后重新选择。' : '没有上传成功，请刷新页面、重新登录后再试。')));
    });
    request.open('POST', input.closest('[data-upload-url]').dataset.uploadUrl);
    request.setRequestHeader('Accept', 'application/json');
    request.send(data);
  });
}

// A file that was just uploaded is looked at like those that were there before.
function look(answer, name) {
  if (!answer.url || !answer.media_type) return name;
  return make('a', { href: `${answer.url}?inline=1`, target: '_blank', rel: 'noopener', 'data-preview': answer.media_type, 'data-name': name, 'data-download': answer.url }, name);
}

function removeButton(name) {
  return make('button', { type: 'button', class: 'btn btn-sm btn-outline-secondary', 'data-remove-attachment': '', 'aria-label': `删除 ${name}` }, '删除');
}

function drop(form, name, id) {
  for (const held of form.querySelectorAll('input[type=hidden]')) if (held.name === name && (!id || held.value === id)) held.remove();
}

async function take(input, file) {
  const list = listOf(input);
  const problem = refusal(input, file);
  if (problem) { list.append(make('li', { class: 'text-danger', role: 'alert' }, problem)); return; }
  const bar = make('progress', { max: String(file.size), value: '0', 'aria-label': `正在上传 ${file.name}` });
  const line = make('li', {}, `正在上传“${file.name}”（${size(file.size)}），请不要关闭页面 `, bar);
  list.append(line);
  try {
    const answer = await send(input, file, bar);
    if (!input.multiple) {
      drop(input.form, input.dataset.upload);
      for (const old of list.querySelectorAll('[data-attachment]')) old.remove();
    }
    input.before(make('input', { type: 'hidden', name: input.dataset.upload, value: answer.id }));
    const name = answer.name ?? file.name;
    line.replaceChildren(look(answer, name), make('span', { class: 'quiet' }, `（${size(answer.size ?? file.size)}）已上传`), removeButton(name));
    line.dataset.attachment = answer.id;
    input.dispatchEvent(new Event('change', { bubbles: true }));
  } catch (error) {
    line.className = 'text-danger';
    line.setAttribute('role', 'alert');
    line.textContent = `“${file.name}”：${error.message}`;
  }
}

document.addEventListener('change', async event => {
  const input = event.target;
  if (!input.matches?.('input[type=file][data-upload]') || !input.files.length) return;
  const files = [...input.files];
  input.value = '';
  for (const wrong of listOf(input).querySelectorAll('.text-danger')) wrong.remove();
  for (const file of files) await take(input, file);
});

document.addEventListener('click', event => {
  const button = event.target.closest?.('[data-remove-attachment]');
  const line = button?.closest('[data-attachment]');
  const list = line?.closest('[data-upload-list]');
  if (!list) return;
  const form = list.closest('form');
  drop(form, list.dataset.uploadList, line.dataset.attachment);
  line.remove();
  form.querySelector(`input[type=file][data-upload="${CSS.escape(list.dataset.uploadList)}"]`)?.focus();
  form.dispatchEvent(new Event('change', { bubbles: true }));
});

// Forms that htmx sends with files inside: the same bar for the whole of it.
document.addEventListener('htmx:xhr:progress', event => {
  const bar = event.target.querySelector?.('progress[data-progress]');
  if (bar && event.detail.lengthComputable) { bar.hidden = false; bar.max = event.detail.total; bar.value = event.detail.loaded; }
});
