// Chinese of the form editor, whose texts are written into its code; and what its palette offers: the components that the server
// renders. `create` gives the label with which a new component starts.
export const COMPONENTS = {
  textfield: '单行文本', textarea: '多行文本', number: '数字', datetime: '日期', checkbox: '勾选框', radio: '单选', checklist: '多选', select: '下拉选择', taglist: '多选（标签）',
  filepicker: '附件', group: '分组', dynamiclist: '列表（可增删行）', text: '说明文字', separator: '分隔线', spacer: '空白',
};

export const formWords = {
  'Components': '组件', 'Search components': '查找组件', 'No components found.': '没有这种组件', 'Clear content': '清除', 'Build your form': '开始设计表单',
  'Drag and drop components here to start designing.': '把左边的组件拖到这里。', 'Use the preview window to test your form.': '用上方的“预览”查看填表人看到的样子。',
  'Drag and drop components here.': '把组件拖到这里。', 'Remove form field': '删除这个组件', 'Repeatable': '可增删行', 'Input': '输入', 'Selection': '选择', 'Containers': '容器', 'Presentation': '展示', 'Action': '操作',
  'Powered by bpmn.io': '由 bpmn.io 提供支持', 'Select': '请选择', 'Search': '查找', 'Browse': '选择文件', 'Value': '选项', 'Nothing to show.': '没有内容', 'Text': '说明文字', 'Text view': '说明文字',
  'Drop not allowed by path registry': '这里不能放：字段名会冲突', 'Drop is not a valid target': '不能放在这里', 'Separator': '分隔线', 'Spacer': '空白',
  'Increment': '增加', 'Decrement': '减少', 'Remove tag': '删除', 'Select date': '选择日期', 'mm/dd/yyyy': '年-月-日', 'hh:mm --': '时:分', 'Group': '分组', 'Dynamic list': '列表', 'Add new': '添加一行', 'Show all': '全部显示',
  'yyyy/mm/dd': '年/月/日', 'Month': '月', 'Year': '年', 'Sun': '日', 'Mon': '一', 'Tue': '二', 'Wed': '三', 'Thu': '四', 'Fri': '五', 'Sat': '六',
  'January': '1月', 'February': '2月', 'March': '3月', 'April': '4月', 'May': '5月', 'June': '6月', 'July': '7月', 'August': '8月', 'September': '9月', 'October': '10月', 'November': '11月', 'December': '12月',
  'No files selected': '没有选择文件', 'Upload': '选择文件', 'Clear': '清除', 'Collapse': '收起', 'Delete': '删除', 'Date': '日期', 'Time': '时间',
};

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];
export const formPatterns = [
  [/^Create an? (.+) element$/, '添加：$1'],
  ...MONTHS.map((name, index) => [new RegExp(`^${name} (\\d+), (\\d+)$`), `$2年${index + 1}月$1日`]),
];
