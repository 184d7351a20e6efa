// Chinese of the decision table editor (dmn-js asks through `translate`; there is no table of words for it).
export const tableWords = {
  'Add cell description': '添加单元格说明', 'Remove cell description': '删除单元格说明', 'Add input': '添加条件列', 'Add output': '添加结果列', 'Add rule': '添加一行', 'Add rule above': '在上方添加一行', 'Add rule below': '在下方添加一行',
  'Add input column left': '在左侧添加条件列', 'Add input column right': '在右侧添加条件列', 'Add output column left': '在左侧添加结果列', 'Add output column right': '在右侧添加结果列',
  'Add predefined values': '添加预定的值', 'Add values': '添加值', 'Clear predefined values': '清除预定的值', 'Predefined values': '预定的值', 'No values': '没有预定的值', 'Custom values': '自定的值',
  'Annotation': '备注', 'Annotations': '备注', 'Copy input column': '复制条件列', 'Copy output column': '复制结果列', 'Copy rule': '复制这一行', 'Cut input column': '剪切条件列', 'Cut output column': '剪切结果列', 'Cut rule': '剪切这一行',
  'Paste input column left': '粘贴条件列到左侧', 'Paste input column right': '粘贴条件列到右侧', 'Paste output column left': '粘贴结果列到左侧', 'Paste output column right': '粘贴结果列到右侧', 'Paste rule above': '粘贴到上方', 'Paste rule below': '粘贴到下方',
  'Remove input column': '删除条件列', 'Remove output column': '删除结果列', 'Remove rule': '删除这一行', 'Move rule': '移动这一行', 'Resize': '调整宽度', 'Edit': '修改', 'Edit input': '修改条件列', 'Edit output': '修改结果列',
  'Decision name': '决策表名称', 'Decision name: ': '决策表名称：', 'Hit policy': '命中策略', 'Hit policy:': '命中策略：', 'View DRD': '查看关系图', 'When': '当', 'Then': '则', 'And': '并且', 'Input': '条件', 'Output': '结果',
  'Expression': '取值表达式', 'Enter expression': '填写变量或表达式', 'Input expression': '取值表达式', 'Input expression: ': '取值表达式：', 'Input label': '条件名称', 'Input label: ': '条件名称：', 'Input type': '条件类型', 'Input values': '条件的值',
  'Output label': '结果名称', 'Output label: ': '结果名称：', 'Output name': '结果变量（英文）', 'Output name: ': '结果变量：', 'Output type': '结果类型', 'Output values': '结果的值', 'Type': '类型', 'Value': '值', 'Values': '值',
  'Expression language': '表达式语言', 'Expression language: {expressionLanguageLabel}': '表达式语言：{expressionLanguageLabel}', 'Change cell expression language': '更改表达式语言', 'Editing not supported for set expression language': '这种表达式语言不能在这里修改',
  'Unique': '唯一：只能命中一行', 'First': '首行：取先命中的一行', 'Collect': '收集：命中的全部', 'Any': '任意', 'Priority': '优先级', 'Rule order': '行序', 'Output order': '结果序', 'Sum': '求和', 'Min': '最小', 'Max': '最大', 'Count': '计数', 'None': '无', 'string': '文字', 'boolean': '是或否', 'number': '数字', 'date': '日期', 'time': '时间', 'dateTime': '日期时间', 'any': '任意', 'integer': '整数', 'long': '整数', 'double': '小数',
  'Aggregate': '汇总', 'Aggregation': '汇总', 'No overlap is possible and all rules are disjoint. Only a single rule can be matched': '各行互不重叠，只能命中一行；命中两行是错误。', 'Rules may overlap. The first matching rule will be chosen': '各行可以重叠，从上到下取先命中的一行。',
  'Collects the values of all matching rules': '收集命中的各行，结果是列表。', 'Yes': '是', 'No': '否', 'Link': '链接', 'Delete': '删除',
  '"value", "value", ...': '例如 "甲", "乙"', 'Strings must be in double quotes': '文字要写在英文双引号里',
  'e.g. { example } ': '例如 { example }', 'e.g. { sample }': '例如 { sample }',
};
