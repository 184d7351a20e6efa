// The elements of the `spiffworkflow` namespace that a diagram may hold, for bpmn-moddle. An element of a declared namespace
// that is missing here would be dropped on saving: so all that SpiffWorkflow 3.2 reads are listed, and those that other
// editors of the dialect write, although only a few of them mean something to us.
const text = name => ({ name, superClass: ['Element'], properties: [{ name: 'value', isBody: true, type: 'String' }] });
const attributes = (...names) => names.map(name => ({ name, isAttr: true, type: 'String' }));
const record = (name, ...properties) => ({ name, superClass: ['Element'], properties });
const list = (name, type) => ({ name, type, isMany: true });

const TEXTS = [
  'PreScript', 'PostScript', 'InstructionsForEndUser', 'VariableName', 'CalledDecisionId', 'MessagePayload', 'MessageVariable',
  'PayloadExpression', 'AllowGuest', 'GuestConfirmation', 'Category', 'SignalButtonLabel', 'PropertyId', 'Expression',
  'IsOutputSynced', 'InputJson', 'ExpectedOutputJson',
];

export default {
  name: 'SpiffWorkflow',
  prefix: 'spiffworkflow',
  uri: 'http://spiffworkflow.org/bpmn/schema/1.0/core',
  xml: { tagAlias: 'lowerCase' },
  associations: [],
  types: [
    ...TEXTS.map(text),
    record('Properties', list('properties', 'Property')),
    record('Property', ...attributes('name', 'value')),
    record('ServiceTaskOperator', ...attributes('id', 'resultVariable'),
      { name: 'parameterList', type: 'Parameters' }, { name: 'retry', type: 'Retry' }),
    record('Parameters', list('parameters', 'Parameter')),
    record('Parameter', ...attributes('id', 'type', 'value')),
    record('Retry', ...attributes('retries', 'backoff_base')),
    record('UnitTests', list('unitTests', 'UnitTest')),
    record('UnitTest', ...attributes('id'),
      { name: 'inputJson', type: 'InputJson' }, { name: 'expectedOutputJson', type: 'ExpectedOutputJson' }),
    record('ProcessVariableCorrelation', { name: 'propertyId', type: 'PropertyId' }, { name: 'expression', type: 'Expression' }),
    record('TaskMetadataValues', list('values', 'TaskMetadataValue')),
    record('TaskMetadataValue', ...attributes('name', 'value')),
    {
      name: 'ScriptsOnInstances',
      extends: ['bpmn:MultiInstanceLoopCharacteristics', 'bpmn:StandardLoopCharacteristics'],
      properties: [{ name: 'scriptsOnInstances', isAttr: true, type: 'Boolean' }],
    },
  ],
};
