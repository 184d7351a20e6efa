// Reading a diagram from a file, and writing it into one.
import { dialog, download, make, send } from './page.js';

const MOST = 2_000_000; // As the gate.
const LOST = /unparsable content|unresolved reference|unrecognized|unknown (element|attribute)/i;

// What a file holds that would not be there after saving: the sentences that bpmn-js warns with, shortened for people.
export function lostContent(warnings) {
  return [...new Set(warnings.map(({ message }) => message ?? '').filter(message => LOST.test(message)).map(message => {
    const element = /unparsable content <([^>]+)>/.exec(message);
    if (element) return `元素 <${element[1]}>`;
    const reference = /unresolved reference <([^>]+)>/.exec(message);
    if (reference) return `对“${reference[1]}”的引用（文件里没有它）`;
    return message.split('\n')[0];
  }))];
}

function notImported(text) {
  dialog('没有导入', make('div', {}, make('p', {}, text), make('p', {}, '现在的流程图没有改动。')), [['知道了', null, 'primary']]);
}

// The text of a file in the encoding that it declares itself (GBK, UTF-16 …); null when it is in no such encoding.
export function decoded(buffer) {
  const bytes = new Uint8Array(buffer);
  const marked = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : null;
  const head = String.fromCharCode(...bytes.slice(0, 200));
  const declared = /^[^<]*<\?xml[^>]*?encoding=["']([\w.-]+)["']/.exec(head)?.[1];
  try {
    const text = new TextDecoder(marked ?? declared ?? 'utf-8', { fatal: true }).decode(bytes);
    return text.replace(/^(\s*<\?xml[^>]*?encoding=["'])[\w.-]+(["'])/, '$1UTF-8$2');
  } catch { return null; }
}

// Lets a person choose a file; `take(xml, name)` gets its text. With `convertUrl` the server converts files of other modelers first.
export function chooseDiagram({ convertUrl, take }) {
  const input = make('input', { type: 'file', accept: '.bpmn,.xml', hidden: '', 'data-import-file': '' });
  input.addEventListener('change', async () => {
    const file = input.files[0];
    input.value = '';
    if (!file) return;
    if (file.size > MOST) { notImported('文件超过 2 MB，请先删去图中嵌入的图片或拆成几个文件。'); return; }
    const text = decoded(await file.arrayBuffer());
    if (text === null) { notImported('文件的编码与它自己写明的不符，读出来会是乱码。请从原来的设计器按 UTF-8 重新导出。'); return; }
    if (!text.includes('http://www.omg.org/spec/BPMN/20100524/MODEL')) { notImported('这不是 BPMN 2.0 文件。请选择流程设计器导出的 .bpmn 文件。'); return; }
    if (/<!DOCTYPE|<!ENTITY/.test(text)) { notImported('文件含有 DOCTYPE 或实体声明，为安全起见不能导入。请删去后重试。'); return; }
    if (!convertUrl) { await take(text, file.name); return; }
    const answer = await send('POST', convertUrl, { file: file.name, content: text });
    if (!answer.ok) { notImported(answer.data.message ?? '服务器没有接受这个文件，请稍后再试。'); return; }
    await take(answer.data.content ?? text, file.name);
    const report = answer.data.report ?? [];
    if (report.length) dialog('导入说明', make('ul', {}, ...report.map(line => make('li', {}, line))), [['知道了', null, 'primary']]);
  });
  document.body.append(input);
  return () => input.click();
}

export async function exportBpmn(modeler, name) {
  const { xml } = await modeler.saveXML({ format: true });
  download(name.replace(/(\.bpmn)?$/, '.bpmn'), xml, 'application/xml');
}

export async function exportSvg(modeler, name) {
  const { svg } = await modeler.saveSVG();
  download(name.replace(/(\.bpmn)?$/, '.svg'), svg, 'image/svg+xml');
}
