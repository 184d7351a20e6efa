// Our own Chinese of the diagram editor, over the community tables: what they lack, and the words that this system uses for
// the things (泳道池, 业务操作, 排他网关). The key is what the program asks for.
export const words = {
  // Tools and menus.
  'Activate hand tool': '移动画布', 'Activate lasso tool': '框选', 'Activate create/remove space tool': '腾出空间',
  'Activate global connect tool': '连线', 'Change element': '更改类型', 'Search in diagram': '在图中查找', 'Open minimap': '打开小地图',
  'Close minimap': '关闭小地图', 'Align elements': '对齐', 'Align elements ': '对齐：', 'Distribute elements horizontally': '水平均匀分布', 'Distribute elements vertically': '垂直均匀分布',
  'Connect to other element': '连到另一个元素', 'Connect using association': '连到注释', 'Add text annotation': '添加注释', 'Delete': '删除',
  'Add lane above': '在上方添加泳道', 'Add lane below': '在下方添加泳道', 'Divide into two lanes': '分成两条泳道', 'Divide into three lanes': '分成三条泳道',
  'Parallel multi-instance': '多人同时办理（会签）', 'Sequential multi-instance': '多人依次办理', 'Loop': '重复办理', 'Open {element}': '打开{element}',
  'Participant multiplicity': '多个参与者', 'Toggle non-interrupting': '切换是否中断', 'No matching elements': '没有符合的元素', 'No results': '没有结果',
  'Append {type}': '添加{type}', 'Search': '查找', 'left': '左', 'right': '右', 'top': '上', 'bottom': '下', 'center': '水平居中', 'middle': '垂直居中',
  'Align elements left': '左对齐', 'Align elements right': '右对齐', 'Align elements top': '顶端对齐', 'Align elements bottom': '底端对齐',
  'Align elements center': '水平居中', 'Align elements middle': '垂直居中', 'Add to lane': '放入泳道',
  'Create pool/participant': '添加泳道池', 'Create expanded sub-process': '添加子流程', 'Create data object reference': '添加数据对象',
  // Kinds of elements.
  'Task': '任务', 'User task': '用户任务', 'Service task': '业务操作（服务任务）', 'Business rule task': '决策表（业务规则任务）', 'Manual task': '人工任务',
  'Send task': '发送任务', 'Receive task': '接收任务', 'Script task': '脚本任务', 'Call activity': '调用活动', 'Sub process': '子流程', 'Sub-process': '子流程',
  'Sub-process (collapsed)': '子流程（折叠）', 'Sub-process (expanded)': '子流程（展开）', 'Event sub-process': '事件子流程', 'Transaction': '事务子流程', 'Ad-hoc sub-process': '临时子流程', 'Ad hoc sub process': '临时子流程',
  'Exclusive gateway': '排他网关', 'Parallel gateway': '并行网关', 'Inclusive gateway': '包容网关', 'Event-based gateway': '事件网关', 'Event based gateway': '事件网关', 'Complex gateway': '复杂网关',
  'Start event': '开始事件', 'End event': '结束事件', 'Boundary event': '边界事件', 'Intermediate throw event': '中间抛出事件', 'Intermediate catch event': '中间等待事件',
  'Message start event': '消息开始事件', 'Timer start event': '定时开始事件', 'Message end event': '消息结束事件', 'Error end event': '错误结束事件', 'Terminate end event': '终止结束事件',
  'Message intermediate catch event': '等待消息', 'Message intermediate throw event': '发出消息', 'Timer intermediate catch event': '定时等待',
  'Message boundary event': '消息边界事件（中断）', 'Timer boundary event': '定时边界事件（中断）', 'Error boundary event': '错误边界事件',
  'Message boundary event (non-interrupting)': '消息边界事件（不中断）', 'Timer boundary event (non-interrupting)': '定时边界事件（不中断）',
  'Intermediate/boundary event': '中间或边界事件', 'Compensation start event': '补偿开始事件',
  'Sequence flow': '顺序流', 'Default flow': '默认流向', 'Conditional flow': '条件流向', 'Message flow': '消息流', 'Association': '连线（注释）',
  'Data object reference': '数据对象', 'Data store reference': '数据存储', 'Text annotation': '注释', 'Group': '分组',
  'Participant': '泳道池', 'Lane': '泳道', 'Process': '流程', 'Collaboration': '协作', 'Empty pool/participant': '空泳道池', 'Expanded pool/participant': '展开的泳道池',
  // What bpmn-js says while it reads a file.
  'already rendered {element}': '元素 {element} 画了两次', 'failed to import {element}': '元素 {element} 没有读入', 'no diagram to display': '文件里没有流程图',
  'element {element} referenced by {referenced}#{property} not yet drawn': '{referenced} 引用的元素 {element} 没有画出',
  'no process or collaboration to display': '文件里没有流程', 'multiple DI elements defined for {element}': '元素 {element} 有两处画法',
};

// Token simulation has no translations of its own.
export const simulationWords = {
  'Token Simulation': '流程模拟', 'Simulation Log': '模拟记录', 'Toggle Simulation Log': '模拟记录', 'No Entries': '还没有记录', 'Play Simulation': '继续模拟', 'Pause Simulation': '暂停模拟',
  'Play/Pause Simulation': '继续或暂停', 'Reset Simulation': '从头开始', 'Finished': '已结束', 'Not supported': '模拟不支持', 'Found unsupported elements': '图中有模拟不支持的元素',
  'Close': '关闭', 'Set Sequence Flow': '选择走哪条流向', 'Trigger Event': '触发', 'Add pause point': '在这里停下', 'Remove pause point': '不在这里停下',
  'Set animation speed = Slow': '速度：慢', 'Set animation speed = Normal': '速度：正常', 'Set animation speed = Fast': '速度：快',
  'Service Task': '业务操作', 'User Task': '用户任务', 'Call Activity': '调用活动', 'Script Task': '脚本任务', 'Business Rule Task': '决策表', 'Manual Task': '人工任务',
  'Receive Task': '接收任务', 'Send Task': '发送任务', 'Task': '任务', 'Exclusive Gateway': '排他网关', 'Parallel Gateway': '并行网关', 'Inclusive Gateway': '包容网关',
  'Start Event': '开始', 'Intermediate Event': '中间事件', 'Boundary Event': '边界事件', 'End Event': '结束', 'SubProcess': '子流程', 'Process': '流程',
};
export const simulationPatterns = [
  [/^Process started$/, '流程开始'], [/^Process finished$/, '流程结束'], [/^Process canceled$/, '流程取消'], [/^SubProcess started$/, '子流程开始'],
  [/^SubProcess finished$/, '子流程结束'], [/^SubProcess canceled$/, '子流程取消'], [/^(.+) started$/, '$1：开始'], [/^(.+) finished$/, '$1：结束'], [/^(.+) canceled$/, '$1：取消'],
  [/^Focus process instance .*$/, '只看这一个'],
];
