import js from '@eslint/js';
import tseslint from 'typescript-eslint';
import prettier from 'eslint-config-prettier';

/**
 * Imports go one way (docs/architecture.md): cli -> app -> actors -> machines -> domain, app -> infra -> domain. What
 * browsers get sees no room, and no room sees it.
 */
const forbidden = {
  domain: ['machines', 'actors', 'infra', 'config', 'app', 'pages'],
  config: ['machines', 'actors', 'infra', 'app', 'pages'],
  machines: ['actors', 'infra', 'config', 'app', 'pages'],
  infra: ['actors', 'machines', 'config', 'app', 'pages'],
  actors: ['infra', 'config', 'app', 'pages'],
  app: ['pages'],
  cli: ['infra', 'pages'],
  pages: ['domain', 'machines', 'actors', 'infra', 'config', 'app'],
};

const directions = Object.entries(forbidden).map(([room, others]) => ({
  files: [`src/${room}/**/*.{ts,js}`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            group: others.map((other) => `**/${other}/**`),
            message: `src/${room} must not import this room`,
          },
          ...(room === 'cli' ? [] : [{ group: ['**/cli/**'], message: 'nothing imports the entry points' }]),
          ...(room === 'machines' || room === 'domain'
            ? [{ group: ['node:*'], message: `src/${room} is pure: no I/O` }]
            : []),
        ],
      },
    ],
  },
}));

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'data/', 'tmp/', '.stryker/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true, allowNever: false },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      'max-lines': ['error', { max: 320, skipBlankLines: true, skipComments: true }],
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    files: ['src/machines/**/*.ts', 'src/domain/**/*.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'time arrives by input or event' },
        { object: 'Math', property: 'random', message: 'randomness arrives by input' },
      ],
      'no-restricted-globals': ['error', 'setTimeout', 'setInterval', 'process', 'performance', 'fetch'],
    },
  },
  { files: ['src/**'], rules: { 'max-lines': ['error', { max: 320 }] } },
  ...directions,
  {
    files: ['test/**/*.ts', 'bench/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      'no-console': 'off',
    },
  },
  {
    // Their names are checked by tsc (tsconfig.portal.json).
    files: ['src/pages/portal/**/*.js'],
    rules: { 'no-undef': 'off' },
  },
  {
    files: ['bin/*.js', '*.config.js', 'docs/examples/*.mjs'],
    languageOptions: {
      globals: Object.fromEntries(
        ['process', 'console', 'fetch', 'URL', 'URLSearchParams', 'setInterval', 'clearInterval'].map(
          (name) => [name, 'readonly'],
        ),
      ),
    },
  },
  prettier,
);
